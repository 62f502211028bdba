package io.causalstreams.app.internal.bench;

import io.causalstreams.inference.GenerationEngine;

/** The engine alone. */
final class EngineTarget implements InFlight.Target {
    private final GenerationEngine engine;
    private final Workload workload;

    EngineTarget(GenerationEngine engine, Workload workload) {
        this.engine = engine;
        this.workload = workload;
    }

    @Override
    public void start(long number, InFlight.OnEnd onEnd) {
        engine.generate(workload.request(number)).subscribe(event -> {}, onEnd::ended, () -> onEnd.ended(null));
    }
}
