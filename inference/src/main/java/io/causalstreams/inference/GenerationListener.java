package io.causalstreams.inference;

/**
 * Where a request's events go: tokens in order, then exactly one end, {@link #onFinished} or {@link #onFailed}; none after a
 * cancellation. Called by one thread at a time, after a step was committed: the engine's, or, where a device computes, one that works beside
 * its passes. It must not block, since every request waits for it, and one that throws is dropped with its request.
 */
public interface GenerationListener {

    /** Tokens of one choice. */
    void onTokens(GenerationEvent.TokenChunk tokens);

    /** Every choice has ended. */
    void onFinished(GenerationEvent.Finished finished);

    /** It ended without an answer; {@code Aborted}, {@code Failed} or {@code Dead}. */
    void onFailed(GenerationException error);
}
