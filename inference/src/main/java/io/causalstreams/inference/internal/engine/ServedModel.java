package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.inference.PreparedRequest;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One of several models: its engine, and how many requests it runs, so that it is closed when the last one has ended.
 *
 * <p>Threading: any thread.
 */
public final class ServedModel {
    private final String name;
    private final GenerationEngine engine;

    private int running;
    private boolean retired;

    public ServedModel(String name, GenerationEngine engine) {
        this.name = name;
        this.engine = engine;
    }

    public String name() {
        return name;
    }

    public GenerationEngine engine() {
        return engine;
    }

    /** The model's facts, under the name it is served by. */
    public ModelInfo info() {
        return engine.model().withName(name);
    }

    /** Runs a request that its engine prepared; empty if it takes none any more. */
    public Optional<Generation> generate(PreparedRequest request, GenerationListener listener) {
        if (!enter()) {
            return Optional.empty();
        }
        Run run = new Run(listener);
        try {
            Generation generation = engine.generate(request, run);
            return Optional.of(() -> {
                generation.cancel();
                run.end();
            });
        } catch (RuntimeException e) {
            run.end();
            throw e;
        }
    }

    /** Takes no request any more; closes the engine when the last one it runs has ended, and only then returns. */
    public void retire() throws InterruptedException {
        synchronized (this) {
            retired = true;
            while (running > 0) {
                wait();
            }
        }
        engine.close();
    }

    private synchronized boolean enter() {
        if (!retired) {
            running++;
        }
        return !retired;
    }

    private synchronized void leave() {
        running--;
        notifyAll();
    }

    /** Leaves once, whichever end comes first. */
    private final class Run implements GenerationListener {
        private final GenerationListener listener;
        private final AtomicBoolean ended = new AtomicBoolean();

        Run(GenerationListener listener) {
            this.listener = listener;
        }

        @Override
        public void onTokens(GenerationEvent.TokenChunk tokens) {
            try {
                listener.onTokens(tokens);
            } catch (RuntimeException e) {
                end(); // the engine drops such a request
                throw e;
            }
        }

        @Override
        public void onFinished(GenerationEvent.Finished finished) {
            end();
            listener.onFinished(finished);
        }

        @Override
        public void onFailed(GenerationException error) {
            end();
            listener.onFailed(error);
        }

        void end() {
            if (ended.compareAndSet(false, true)) {
                leave();
            }
        }
    }
}
