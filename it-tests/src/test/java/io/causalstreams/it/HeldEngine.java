package io.causalstreams.it;

import io.causalstreams.inference.EngineStats;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.topology.testkit.ScriptedEngine;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** An engine that takes requests and answers none of them until it is let go. */
final class HeldEngine implements GenerationEngine {
    private final ScriptedEngine engine = ScriptedEngine.saying("It is so.").runAutomatically();
    private final Sinks.Empty<Void> released = Sinks.empty();

    /** Answers what waits, and everything from now on at once. */
    void letGo() {
        released.tryEmitEmpty();
    }

    @Override
    public Flux<GenerationEvent> generate(GenerationRequest request) {
        return Flux.defer(() -> Flux.fromIterable(answer(request))).delaySubscription(released.asMono());
    }

    private synchronized List<GenerationEvent> answer(GenerationRequest request) {
        List<GenerationEvent> events = new ArrayList<>();
        engine.generate(request).subscribe(events::add);
        return events;
    }

    @Override
    public void validate(GenerationRequest request) {
        engine.validate(request);
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
}
