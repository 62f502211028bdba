package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;

/**
 * Where a request's events go: chunks in order, then exactly one end. Called on the engine thread, after a step was
 * committed; must not block and must not throw.
 */
interface RequestListener {
    void onChunk(GenerationEvent.TokenChunk chunk);

    void onFinished(GenerationEvent.Finished finished);

    void onError(GenerationException error);
}
