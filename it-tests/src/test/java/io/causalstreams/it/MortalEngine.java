package io.causalstreams.it;

import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;

/** A real engine that dies on command, as after a native error. Closes the engine. */
final class MortalEngine extends ForwardingEngine {
    private final AtomicBoolean dead = new AtomicBoolean();

    MortalEngine(GenerationEngine engine) {
        super(engine);
    }

    void die() {
        dead.set(true);
    }

    @Override
    public Flux<GenerationEvent> generate(GenerationRequest request) {
        return Flux.defer(() -> {
            check(request);
            return super.generate(request).doOnNext(event -> check(request));
        });
    }

    @Override
    public void validate(GenerationRequest request) {
        check(request);
        super.validate(request);
    }

    @Override
    public boolean isAlive() {
        return !dead.get() && super.isAlive();
    }

    private void check(GenerationRequest request) {
        if (dead.get()) {
            throw new GenerationException.Dead(
                    "request " + request.id() + ": the engine died: as the test wants", null);
        }
    }
}
