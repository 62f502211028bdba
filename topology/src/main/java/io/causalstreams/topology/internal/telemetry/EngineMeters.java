package io.causalstreams.topology.internal.telemetry;

import io.causalstreams.inference.EngineStats;
import io.causalstreams.inference.GenerationEngine;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The engine's own figures as meters named {@code causal.streams.engine.*}; see {@link EngineStats}. */
public record EngineMeters(GenerationEngine engine, MeterRegistry meters) {

    /** Registers them. */
    public void bind() {
        gauge("slots", null, "KV-cache slots.", EngineStats::slots);
        gauge("slots.used", null, "KV-cache slots in use.", EngineStats::running);
        gauge("waiting", null, "Requests in the engine's own queue.", EngineStats::waiting);
        gauge("backlog.tokens", null, "Tokens still to be computed, at most.", EngineStats::backlogTokens);
        gauge("kv.cache", "bytes", "Native memory of the KV cache.", EngineStats::kvCacheBytes);
        counter("steps", "Forward passes.", EngineStats::steps);
        counter("decode.steps", "Forward passes that gave sequences a token each.", EngineStats::decodeSteps);
        counter("prompt.tokens", "Prompt tokens computed.", EngineStats::promptTokens);
        counter("cached.prompt.tokens", "Prompt tokens found in the prefix cache.", EngineStats::cachedPromptTokens);
        counter("completion.tokens", "Tokens generated.", EngineStats::completionTokens);
        counter("preemptions", "Sequences that lost their slot and were computed again.", EngineStats::preemptions);
    }

    private void gauge(String name, @Nullable String unit, String description, ToDoubleFunction<EngineStats> value) {
        Gauge.builder("causal.streams.engine." + name, engine, each -> value.applyAsDouble(each.stats()))
                .baseUnit(unit)
                .description(description)
                .register(meters);
    }

    private void counter(String name, String description, ToDoubleFunction<EngineStats> value) {
        FunctionCounter.builder("causal.streams.engine." + name, engine, each -> value.applyAsDouble(each.stats()))
                .description(description)
                .register(meters);
    }
}
