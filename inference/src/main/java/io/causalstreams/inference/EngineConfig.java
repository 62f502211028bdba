package io.causalstreams.inference;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sizes and policies of an engine.
 *
 * @param slots sequences that can be in a batch at once; each holds {@code maxContextTokens} of KV cache.
 *     {@link #SLOTS_THAT_FIT} = as many as a device's free memory holds, at most 256
 * @param maxContextTokens prompt plus completion tokens of one request; null = what the model allows, at most 2048
 * @param prefillChunkTokens a long prompt is computed in chunks of at most this many tokens, decode steps in between
 * @param maxWaiting requests taken beyond the slots before {@code generate} answers Busy
 * @param prefixCacheTokens tokens of finished requests whose KV cache is kept for reuse; 0 = off
 * @param intraOpThreads ONNX Runtime threads of one operator; null = one per core
 * @param speculation prompt-lookup speculation for single greedy requests; the output does not change
 * @param undeclaredProperties whether an answer by a JSON Schema may have properties of which the schema says nothing, as where
 *     {@code additionalProperties} is absent
 * @param anyPropertyOrder whether an answer by a JSON Schema may have its properties in any order, or in that of the schema
 * @param device where models are computed
 * @param cudaGraphs whether a device records decode steps (CUDA graphs) and replays them
 */
public record EngineConfig(
        int slots,
        @Nullable Integer maxContextTokens,
        int prefillChunkTokens,
        int maxWaiting,
        int prefixCacheTokens,
        @Nullable Integer intraOpThreads,
        boolean speculation,
        boolean undeclaredProperties,
        boolean anyPropertyOrder,
        Device device,
        boolean cudaGraphs) {
    /** As many slots as a device's free memory holds, at most 256. Not on the CPU. */
    public static final int SLOTS_THAT_FIT = 0;

    public EngineConfig {
        require(
                slots >= 1 || (slots == SLOTS_THAT_FIT && device.kind() != Device.Kind.CPU),
                "slots",
                slots,
                "at least 1");
        require(maxContextTokens == null || maxContextTokens >= 8, "maxContextTokens", maxContextTokens, "at least 8");
        require(prefillChunkTokens >= 1, "prefillChunkTokens", prefillChunkTokens, "at least 1");
        require(maxWaiting >= 1, "maxWaiting", maxWaiting, "at least 1");
        require(prefixCacheTokens >= 0, "prefixCacheTokens", prefixCacheTokens, "0 or more");
        require(intraOpThreads == null || intraOpThreads >= 1, "intraOpThreads", intraOpThreads, "at least 1");
    }

    /**
     * 32 slots, chunks of 256 tokens, 1024 waiting requests, 8192 prefix tokens, one thread per core, speculation on,
     * declared properties only and in the order of their schema, on the CPU.
     */
    public static EngineConfig defaults() {
        return new EngineConfig(32, null, 256, 1024, 8192, null, true, false, false, Device.CPU, true);
    }

    public EngineConfig withSlots(int slots) {
        return with(draft -> draft.slots = slots);
    }

    public EngineConfig withMaxContextTokens(@Nullable Integer maxContextTokens) {
        return with(draft -> draft.maxContextTokens = maxContextTokens);
    }

    public EngineConfig withPrefillChunkTokens(int prefillChunkTokens) {
        return with(draft -> draft.prefillChunkTokens = prefillChunkTokens);
    }

    public EngineConfig withMaxWaiting(int maxWaiting) {
        return with(draft -> draft.maxWaiting = maxWaiting);
    }

    public EngineConfig withPrefixCacheTokens(int prefixCacheTokens) {
        return with(draft -> draft.prefixCacheTokens = prefixCacheTokens);
    }

    public EngineConfig withIntraOpThreads(@Nullable Integer intraOpThreads) {
        return with(draft -> draft.intraOpThreads = intraOpThreads);
    }

    public EngineConfig withSpeculation(boolean speculation) {
        return with(draft -> draft.speculation = speculation);
    }

    /**
     * What one of {@code models} models gets, that together may use what this says: slots and prefix cache are shared out, the
     * sizes of one request stay.
     */
    public EngineConfig shareOf(int models) {
        require(models >= 1, "shareOf", models, "at least 1");
        return withSlots((slots + models - 1) / models).withPrefixCacheTokens(prefixCacheTokens / models);
    }

    public EngineConfig withUndeclaredProperties(boolean undeclaredProperties) {
        return with(draft -> draft.undeclaredProperties = undeclaredProperties);
    }

    public EngineConfig withAnyPropertyOrder(boolean anyPropertyOrder) {
        return with(draft -> draft.anyPropertyOrder = anyPropertyOrder);
    }

    public EngineConfig withDevice(Device device) {
        return with(draft -> draft.device = device);
    }

    public EngineConfig withCudaGraphs(boolean cudaGraphs) {
        return with(draft -> draft.cudaGraphs = cudaGraphs);
    }

    private EngineConfig with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.config();
    }

    private static void require(boolean holds, String name, @Nullable Object value, String range) {
        if (!holds) {
            throw new IllegalArgumentException("engine config " + name + " is " + value + "; it must be " + range);
        }
    }

    /** A configuration with one thing to be changed. */
    private static final class Draft {
        private int slots;
        private @Nullable Integer maxContextTokens;
        private int prefillChunkTokens;
        private int maxWaiting;
        private int prefixCacheTokens;
        private @Nullable Integer intraOpThreads;
        private boolean speculation;
        private boolean undeclaredProperties;
        private boolean anyPropertyOrder;
        private Device device;
        private boolean cudaGraphs;

        Draft(EngineConfig from) {
            slots = from.slots;
            maxContextTokens = from.maxContextTokens;
            prefillChunkTokens = from.prefillChunkTokens;
            maxWaiting = from.maxWaiting;
            prefixCacheTokens = from.prefixCacheTokens;
            intraOpThreads = from.intraOpThreads;
            speculation = from.speculation;
            undeclaredProperties = from.undeclaredProperties;
            anyPropertyOrder = from.anyPropertyOrder;
            device = from.device;
            cudaGraphs = from.cudaGraphs;
        }

        EngineConfig config() {
            return new EngineConfig(
                    slots,
                    maxContextTokens,
                    prefillChunkTokens,
                    maxWaiting,
                    prefixCacheTokens,
                    intraOpThreads,
                    speculation,
                    undeclaredProperties,
                    anyPropertyOrder,
                    device,
                    cudaGraphs);
        }
    }
}
