package io.causalstreams.it;

import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.Generation;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.PreparedRequest;

/** A real engine that dies on command, as after a native error. Closes the engine. */
final class MortalEngine extends ForwardingEngine {
    private volatile boolean dead;

    MortalEngine(GenerationEngine engine) {
        super(engine);
    }

    void die() {
        dead = true;
    }

    @Override
    public PreparedRequest prepare(GenerationRequest request) {
        checkAlive(request.id());
        return super.prepare(request);
    }

    @Override
    public Generation generate(PreparedRequest request, GenerationListener listener) {
        String id = request.request().id();
        checkAlive(id);
        return super.generate(request, new MortalListener(id, listener));
    }

    @Override
    public boolean isAlive() {
        return !dead && super.isAlive();
    }

    private void checkAlive(String id) {
        if (dead) {
            throw death(id);
        }
    }

    private static GenerationException death(String id) {
        return new GenerationException.Dead("request " + id + ": the engine died: as the test wants", null);
    }

    /** Is given the death in place of the first event after it, and nothing more. Engine thread only. */
    private final class MortalListener implements GenerationListener {
        private final String id;
        private final GenerationListener listener;
        private boolean ended;

        MortalListener(String id, GenerationListener listener) {
            this.id = id;
            this.listener = listener;
        }

        @Override
        public void onTokens(GenerationEvent.TokenChunk tokens) {
            publish(() -> listener.onTokens(tokens));
        }

        @Override
        public void onFinished(GenerationEvent.Finished finished) {
            publish(() -> listener.onFinished(finished));
        }

        @Override
        public void onFailed(GenerationException error) {
            publish(() -> listener.onFailed(error));
        }

        private void publish(Runnable event) {
            if (ended) {
                return;
            }
            if (dead) {
                ended = true;
                listener.onFailed(death(id));
            } else {
                event.run();
            }
        }
    }
}
