package io.causalstreams.http.internal.kafka;

/**
 * Follows one request. Tokens and completion are read from topics of their own: their order is that of their topic only.
 *
 * <p>Threading: {@link Outputs}' thread, and beside it a thread of {@link Replays}; neither may be held up.
 */
public interface OutputListener {

    /** Whether tokens are of interest; else only the end is. */
    boolean wantsTokens();

    void onOutput(Output output);
}
