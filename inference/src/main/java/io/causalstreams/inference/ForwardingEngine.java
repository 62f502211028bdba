package io.causalstreams.inference;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An engine that delegates everything to another one: extend it to watch, delay or refuse requests, and override what differs.
 * The reactive {@code generate} runs through this engine's own {@code prepare} and {@code generate}.
 *
 * <pre>{@code
 * final class CountingEngine extends ForwardingEngine {
 *     private final AtomicLong requests = new AtomicLong();
 *
 *     CountingEngine(GenerationEngine engine) {
 *         super(engine);
 *     }
 *
 *     public Generation generate(PreparedRequest request, GenerationListener listener) {
 *         requests.incrementAndGet();
 *         return super.generate(request, listener);
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
    public PreparedRequest prepare(GenerationRequest request) {
        return engine.prepare(request);
    }

    @Override
    public Generation generate(PreparedRequest request, GenerationListener listener) {
        return engine.generate(request, listener);
    }

    @Override
    public ModelInfo model() {
        return engine.model();
    }

    @Override
    public ModelInfo model(@Nullable String name) {
        return engine.model(name);
    }

    @Override
    public Map<String, GenerationEngine> engines() {
        return engine.engines();
    }

    @Override
    public void loadAdapter(String name, Path file) {
        engine.loadAdapter(name, file);
    }

    @Override
    public boolean unloadAdapter(String name) {
        return engine.unloadAdapter(name);
    }

    @Override
    public Set<String> adapters() {
        return engine.adapters();
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
