package io.causalstreams.learning;

import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.PreparedRequest;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An engine that knows how many requests it runs, and how many of them wait for their first token: whoever tunes beside it makes way.
 *
 * <p>Threading: any thread.
 */
public final class FirstTokens extends ForwardingEngine {
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger due = new AtomicInteger();

    public FirstTokens(GenerationEngine engine) {
        super(engine);
    }

    /** Requests that have not ended. */
    int running() {
        return running.get();
    }

    /** Requests without a token. */
    int due() {
        return due.get();
    }

    @Override
    public Generation generate(PreparedRequest request, GenerationListener listener) {
        Watched watched = new Watched(listener);
        try {
            Generation generation = super.generate(request, watched);
            return () -> {
                generation.cancel();
                watched.ended();
            };
        } catch (RuntimeException e) {
            watched.ended();
            throw e;
        }
    }

    private final class Watched implements GenerationListener {
        private final GenerationListener listener;
        private final AtomicBoolean waits = new AtomicBoolean(true);
        private final AtomicBoolean runs = new AtomicBoolean(true);

        Watched(GenerationListener listener) {
            this.listener = listener;
            running.incrementAndGet();
            due.incrementAndGet();
        }

        @Override
        public void onTokens(GenerationEvent.TokenChunk tokens) {
            begun();
            listener.onTokens(tokens);
        }

        @Override
        public void onFinished(GenerationEvent.Finished finished) {
            ended();
            listener.onFinished(finished);
        }

        @Override
        public void onFailed(GenerationException error) {
            ended();
            listener.onFailed(error);
        }

        private void begun() {
            if (waits.compareAndSet(true, false)) {
                due.decrementAndGet();
            }
        }

        private void ended() {
            begun();
            if (runs.compareAndSet(true, false)) {
                running.decrementAndGet();
            }
        }
    }
}
