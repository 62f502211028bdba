package io.causalstreams.it;

import io.causalstreams.inference.EngineStats;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.ModelInfo;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;

/** A real engine that dies on command, as after a native error. Closes the engine. */
record MortalEngine(GenerationEngine engine, AtomicBoolean dead) implements GenerationEngine {

    MortalEngine(GenerationEngine engine) {
        this(engine, new AtomicBoolean());
    }

    void die() {
        dead.set(true);
    }

    @Override
    public Flux<GenerationEvent> generate(GenerationRequest request) {
        return Flux.defer(() -> {
            check(request);
            return engine.generate(request).doOnNext(event -> check(request));
        });
    }

    @Override
    public void validate(GenerationRequest request) {
        check(request);
        engine.validate(request);
    }

    @Override
    public int promptTokens(GenerationRequest request) {
        return engine.promptTokens(request);
    }

    @Override
    public boolean isAlive() {
        return !dead.get() && engine.isAlive();
    }

    @Override
    public ModelInfo model() {
        return engine.model();
    }

    @Override
    public EngineStats stats() {
        return engine.stats();
    }

    @Override
    public void close() {
        engine.close();
    }

    private void check(GenerationRequest request) {
        if (dead.get()) {
            throw new GenerationException.Dead(
                    "request " + request.id() + ": the engine died: as the test wants", null);
        }
    }
}
