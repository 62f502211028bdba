package io.causalstreams.inference;

import java.util.Objects;
import reactor.core.publisher.Flux;

/**
 * An engine that hands everything to another one: extend it to watch, delay or refuse requests, and override what differs.
 *
 * <pre>{@code
 * final class CountingEngine extends ForwardingEngine {
 *     private final AtomicLong requests = new AtomicLong();
 *
 *     CountingEngine(GenerationEngine engine) {
 *         super(engine);
 *     }
 *
 *     public Flux<GenerationEvent> generate(GenerationRequest request) {
 *         return super.generate(request).doOnSubscribe(begun -> requests.incrementAndGet());
 *     }
 * }
 * }</pre>
 *
 * <p>Threading: as the other engine. Closing it closes the other engine.
 */
public abstract class ForwardingEngine implements GenerationEngine {
    private final GenerationEngine engine;

    protected ForwardingEngine(GenerationEngine engine) {
        this.engine = Objects.requireNonNull(engine, "engine");
    }

    @Override
    public Flux<GenerationEvent> generate(GenerationRequest request) {
        return engine.generate(request);
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
    public ModelInfo model() {
        return engine.model();
    }

    @Override
    public EngineStats stats() {
        return engine.stats();
    }

    @Override
    public boolean isAlive() {
        return engine.isAlive();
    }

    @Override
    public void close() {
        engine.close();
    }
}
