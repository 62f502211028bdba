package io.causalstreams.topology.internal.telemetry;

import io.causalstreams.inference.EngineStats;
import io.causalstreams.inference.GenerationEngine;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The engine's own figures as meters named {@code causal.streams.engine.*}, one of each for every model, with the tag
 * {@code model}; see {@link EngineStats}.
 *
 * <p>Threading: any thread.
 */
public final class EngineMeters {
    private final GenerationEngine engine;
    private final MeterRegistry registry;
    private final Map<String, Bound> models = new HashMap<>();

    /** Registers them. */
    public EngineMeters(GenerationEngine engine, MeterRegistry registry) {
        this.engine = engine;
        this.registry = registry;
        refresh();
    }

    /** Has meters for the models there are now, and for no other. */
    synchronized void refresh() {
        Map<String, GenerationEngine> now = engine.engines();
        models.entrySet().removeIf(known -> {
            boolean gone = now.get(known.getKey()) != known.getValue().engine();
            if (gone) {
                known.getValue().meters().forEach(registry::remove);
            }
            return gone;
        });
        now.forEach((name, each) -> models.computeIfAbsent(name, model -> new Bound(each, bind(model, each))));
    }

    private List<Meter> bind(String model, GenerationEngine of) {
        Binder binder = new Binder(model, of, registry, new ArrayList<>());
        binder.gauge("slots", null, "KV-cache slots.", EngineStats::slots);
        binder.gauge("slots.used", null, "KV-cache slots in use.", EngineStats::running);
        binder.gauge("waiting", null, "Requests in the engine's own queue.", EngineStats::waiting);
        binder.gauge("backlog.tokens", null, "Tokens still to be computed, at most.", EngineStats::backlogTokens);
        binder.gauge("kv.cache", "bytes", "Native memory of the KV cache.", EngineStats::kvCacheBytes);
        binder.counter("steps", "Forward passes.", EngineStats::steps);
        binder.counter("decode.steps", "Forward passes that gave sequences a token each.", EngineStats::decodeSteps);
        binder.counter("prompt.tokens", "Prompt tokens computed.", EngineStats::promptTokens);
        binder.counter(
                "cached.prompt.tokens", "Prompt tokens found in the prefix cache.", EngineStats::cachedPromptTokens);
        binder.counter("completion.tokens", "Tokens generated.", EngineStats::completionTokens);
        binder.counter(
                "preemptions", "Sequences that lost their slot and were computed again.", EngineStats::preemptions);
        return binder.bound();
    }

    /** A model's engine and its meters. */
    private record Bound(GenerationEngine engine, List<Meter> meters) {}

    private record Binder(String model, GenerationEngine engine, MeterRegistry registry, List<Meter> bound) {

        void gauge(String name, @Nullable String unit, String description, ToDoubleFunction<EngineStats> value) {
            bound.add(Gauge.builder("causal.streams.engine." + name, engine, each -> value.applyAsDouble(each.stats()))
                    .baseUnit(unit)
                    .tag("model", model)
                    .description(description)
                    .register(registry));
        }

        void counter(String name, String description, ToDoubleFunction<EngineStats> value) {
            bound.add(FunctionCounter.builder(
                            "causal.streams.engine." + name, engine, each -> value.applyAsDouble(each.stats()))
                    .tag("model", model)
                    .description(description)
                    .register(registry));
        }
    }
}
