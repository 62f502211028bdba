package io.causalstreams.it;

import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.testkit.ScriptedEngine;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** An engine that takes requests and answers none of them until it is let go. */
final class HeldEngine extends ForwardingEngine {
    private final Sinks.Empty<Void> released = Sinks.empty();

    HeldEngine() {
        super(ScriptedEngine.saying("It is so.").runAutomatically());
    }

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
        super.generate(request).subscribe(events::add);
        return events;
    }
}
