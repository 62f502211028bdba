package io.causalstreams.it;

import io.causalstreams.inference.ForwardingEngine;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationRequest;
import java.time.Duration;
import reactor.core.publisher.Flux;

/** A real engine whose events of long requests arrive as slowly as those of a large model. Closes the engine. */
final class SlowEngine extends ForwardingEngine {
    private final Duration perToken;
    private final int longTokens;

    /** @param longTokens requests of fewer tokens are not slowed down */
    SlowEngine(GenerationEngine engine, Duration perToken, int longTokens) {
        super(engine);
        this.perToken = perToken;
        this.longTokens = longTokens;
    }

    @Override
    public Flux<GenerationEvent> generate(GenerationRequest request) {
        Integer tokens = request.sampling().maxTokens();
        Flux<GenerationEvent> events = super.generate(request);
        return tokens != null && tokens < longTokens ? events : events.delayElements(perToken);
    }
}
