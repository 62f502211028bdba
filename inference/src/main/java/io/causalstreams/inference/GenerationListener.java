package io.causalstreams.inference;

/**
 * Where a request's events go: tokens in order, then exactly one end, {@link #onFinished} or {@link #onFailed}; none after a
 * cancellation. Called on the engine thread, after a step was committed: it must not block, since every request waits for
 * it, and one that throws is dropped with its request.
 */
public interface GenerationListener {

    /** Tokens of one choice. */
    void onTokens(GenerationEvent.TokenChunk tokens);

    /** Every choice has ended. */
    void onFinished(GenerationEvent.Finished finished);

    /** It ended without an answer; {@code Aborted}, {@code Failed} or {@code Dead}. */
    void onFailed(GenerationException error);
}
