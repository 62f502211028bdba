package io.causalstreams.app.internal.bench;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;

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
        engine.generate(GenerationRequest.of(
                        "bench-" + number, new Prompt.Tokens(workload.prompt(number)), workload.sampling()))
                .subscribe(event -> {}, onEnd::ended, () -> onEnd.ended(null));
    }
}
