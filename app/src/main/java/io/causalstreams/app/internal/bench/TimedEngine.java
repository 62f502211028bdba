package io.causalstreams.app.internal.bench;

import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.PreparedRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * An engine that notes when it emits each token of its requests, in its own thread and before anybody else receives the
 * token. Of requests with one choice.
 *
 * <p>Threading: the engine's thread writes, any thread reads. Closing it does not close the engine.
 */
final class TimedEngine extends ForwardingEngine {
    private final int completionTokens;
    private final Map<String, AtomicLongArray> emissions = new ConcurrentHashMap<>();

    /** @param completionTokens of a request, at most */
    TimedEngine(GenerationEngine engine, int completionTokens) {
        super(engine);
        this.completionTokens = completionTokens;
    }

    @Override
    public Generation generate(PreparedRequest request, GenerationListener listener) {
        AtomicLongArray moments =
                emissions.computeIfAbsent(request.request().id(), id -> new AtomicLongArray(completionTokens));
        return super.generate(request, new TimedListener(moments, listener));
    }

    /** {@link System#nanoTime()} when token {@code index} of request {@code id} was emitted. */
    long emittedNanos(String id, int index) {
        AtomicLongArray moments = emissions.get(id);
        if (moments == null || moments.get(index) == 0) {
            throw new IllegalStateException("token " + index + " of " + id + " was read before it was emitted");
        }
        return moments.get(index);
    }

    @Override
    public void close() {}

    private record TimedListener(AtomicLongArray moments, GenerationListener listener) implements GenerationListener {
        @Override
        public void onTokens(GenerationEvent.TokenChunk tokens) {
            long now = System.nanoTime();
            for (int i = 0; i < tokens.tokenIds().size(); i++) {
                moments.set(tokens.tokenIndex() + i, now);
            }
            listener.onTokens(tokens);
        }

        @Override
        public void onFinished(GenerationEvent.Finished finished) {
            listener.onFinished(finished);
        }

        @Override
        public void onFailed(GenerationException error) {
            listener.onFailed(error);
        }
    }
}
