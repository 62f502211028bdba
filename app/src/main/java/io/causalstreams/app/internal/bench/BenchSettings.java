package io.causalstreams.app.internal.bench;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.ModelInfo;
import java.util.List;

/**
 * What the measurements have in common.
 *
 * @param concurrency numbers of requests at once, measured one after the other; at least one
 * @param promptTokens length of a prompt
 * @param completionTokens length of a completion
 * @param rounds how often each is measured
 */
public record BenchSettings(List<Integer> concurrency, int promptTokens, int completionTokens, int rounds) {

    /** The most requests at once. */
    int slots() {
        return concurrency.stream().mapToInt(Integer::intValue).max().orElseThrow();
    }

    Workload workload(ModelInfo model) {
        return new Workload(promptTokens, completionTokens, model.vocabularySize());
    }

    /** An engine for these requests. */
    EngineConfig engine() {
        return engine(slots(), promptTokens + completionTokens);
    }

    /** An engine without anything that would make a repeated request cheaper than a new one. */
    static EngineConfig engine(int slots, int contextTokens) {
        return EngineConfig.defaults()
                .withSlots(slots)
                .withMaxContextTokens(Math.max(8, contextTokens))
                .withMaxWaiting(Math.max(1024, slots))
                .withPrefixCacheTokens(0)
                .withSpeculation(false);
    }
}
