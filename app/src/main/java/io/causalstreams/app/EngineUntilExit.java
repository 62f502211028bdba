package io.causalstreams.app;

import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import reactor.core.publisher.Flux;

/**
 * An engine that also closes when the JVM begins to exit, by Ctrl-C above all, so that no step runs while the process ends.
 * What it was answering then gets no answer: nothing is written about it any more.
 */
final class EngineUntilExit extends ForwardingEngine {
    private final Thread hook;
    private volatile boolean exiting;

    private EngineUntilExit(GenerationEngine engine) {
        super(engine);
        this.hook = new Thread(
                () -> {
                    exiting = true;
                    engine.close();
                },
                "engine-shutdown");
    }

    /** Takes over {@code engine}. */
    static GenerationEngine of(GenerationEngine engine) {
        EngineUntilExit result = new EngineUntilExit(engine);
        try {
            Runtime.getRuntime().addShutdownHook(result.hook);
        } catch (IllegalStateException e) {
            engine.close();
            throw new GenerationException.Aborted("the process is ending");
        }
        return result;
    }

    @Override
    public Flux<GenerationEvent> generate(GenerationRequest request) {
        return super.generate(request)
                .onErrorResume(GenerationException.Aborted.class, e -> exiting ? Flux.never() : Flux.error(e));
    }

    @Override
    public void close() {
        super.close();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // it is running
        }
    }
}
