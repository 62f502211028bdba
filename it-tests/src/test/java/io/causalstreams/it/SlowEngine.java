package io.causalstreams.it;

import io.causalstreams.inference.EngineStats;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.ModelInfo;
import java.time.Duration;
import reactor.core.publisher.Flux;

/**
 * A real engine whose events of long requests arrive as slowly as those of a large model. Closes the engine.
 *
 * @param longTokens requests of fewer tokens are not slowed down
 */
record SlowEngine(GenerationEngine engine, Duration perToken, int longTokens) implements GenerationEngine {

    @Override
    public Flux<GenerationEvent> generate(GenerationRequest request) {
        Integer tokens = request.sampling().maxTokens();
        Flux<GenerationEvent> events = engine.generate(request);
        return tokens != null && tokens < longTokens ? events : events.delayElements(perToken);
    }

    @Override
    public void validate(GenerationRequest request) {
        engine.validate(request);
    }

    @Override
    public int promptTokens(GenerationRequest request) {
        return engine.promptTokens(request);
    }

    @Override
    public boolean isAlive() {
        return engine.isAlive();
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
