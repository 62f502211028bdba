package io.causalstreams.inference.internal.onnx.cache;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.ModelMetadata;
import io.causalstreams.inference.internal.onnx.device.Accelerator;
import io.causalstreams.inference.internal.onnx.device.DeviceException;
import io.causalstreams.inference.internal.onnx.device.OrtTensors;
import java.nio.file.Path;

/** Sizes a KV cache for a model and the engine's configuration, and takes its memory. */
public final class KvCacheReservation {
    private static final int DEFAULT_CONTEXT_TOKENS = 2048;
    private static final int HOST_SLOTS = 32;
    /** More rows than this make a step longer by as much as they add. */
    private static final int MOST_DEVICE_SLOTS = 256;
    /** Of a device's free memory, what passes may need beside the cache: a quarter, at most 1 GiB. */
    private static final long MOST_KEPT = 1L << 30;

    private static final String LOWER = "; lower the slots or the context tokens of a slot";

    private KvCacheReservation() {}

    /**
     * Takes the memory of {@code config.slots()} slots.
     *
     * @param elementBytes 4 for float32, 2 for float16, 1 for int8
     * @throws GenerationException.Failed if the sizes do not fit the model or the machine
     */
    public static HostKvCache reserve(
            OrtEnvironment environment, Path graph, ModelMetadata metadata, int elementBytes, EngineConfig config) {
        KvCacheLayout layout = onHost(graph, metadata, elementBytes, config);
        if (layout.blockBytes() > Integer.MAX_VALUE) {
            throw new GenerationException.Failed(
                    "model " + graph + ": the KV cache of " + layout.describe() + " has " + layout.blockBytes()
                            + " bytes in one layer's keys, the limit is 2147483647" + LOWER,
                    null);
        }
        try {
            return new HostKvCache(environment, layout);
        } catch (OutOfMemoryError e) {
            throw new GenerationException.Failed(
                    "model " + graph + ": no memory for the KV cache of " + layout.describe() + " = "
                            + layout.totalBytes() + " bytes" + LOWER,
                    e);
        }
    }

    /**
     * What {@link #reserve} takes the memory of.
     *
     * @throws GenerationException.Failed if the sizes do not fit the model
     */
    public static KvCacheLayout onHost(Path graph, ModelMetadata metadata, int elementBytes, EngineConfig config) {
        int slots = config.slots() == EngineConfig.SLOTS_THAT_FIT ? HOST_SLOTS : config.slots();
        return layout(metadata, slots, contextTokens(metadata, config, graph), elementBytes);
    }

    /**
     * Takes memory of a device: {@code config.slots()} slots, or as many as fit beside what the weights have taken already.
     *
     * @param tensors over the device's memory; stays the caller's
     * @param type of an element
     * @throws GenerationException.Failed if the sizes do not fit the model or the device
     */
    public static DeviceKvCache reserveOn(
            Accelerator accelerator,
            OrtTensors tensors,
            Path graph,
            ModelMetadata metadata,
            OnnxJavaType type,
            EngineConfig config) {
        int positions = contextTokens(metadata, config, graph);
        KvCacheLayout one = layout(metadata, 1, positions, type.size);
        long free = accelerator.memory().freeBytes();
        int fit = slotsThatFit(free, one.totalBytes());
        int slots = config.slots() == EngineConfig.SLOTS_THAT_FIT ? Math.min(fit, MOST_DEVICE_SLOTS) : config.slots();
        KvCacheLayout layout = layout(metadata, Math.max(1, slots), positions, type.size);
        String size = "model " + graph + ": the KV cache of " + layout.describe() + " = " + layout.totalBytes()
                + " bytes does not fit " + accelerator.name();
        if (slots > fit || slots == 0) {
            throw new GenerationException.Failed(
                    size + ", which has " + free + " bytes free beside the weights, enough for " + fit + " slots"
                            + LOWER,
                    null);
        }
        try {
            return new DeviceKvCache(accelerator.memory(), tensors, layout, type);
        } catch (DeviceException e) {
            throw new GenerationException.Failed(size + " (" + e.getMessage() + ")" + LOWER, e);
        }
    }

    /** Slots of {@code slotBytes} in {@code free} bytes, when what passes need is kept. */
    static int slotsThatFit(long free, long slotBytes) {
        return (int) Math.min(Integer.MAX_VALUE, (free - Math.min(free / 4, MOST_KEPT)) / slotBytes);
    }

    private static KvCacheLayout layout(ModelMetadata metadata, int slots, int positions, int elementBytes) {
        return new KvCacheLayout(
                metadata.layers(), slots, metadata.kvHeads(), positions, metadata.headDim(), elementBytes);
    }

    private static int contextTokens(ModelMetadata metadata, EngineConfig config, Path graph) {
        Integer asked = config.maxContextTokens();
        if (asked == null) {
            return Math.min(metadata.maxContextTokens(), DEFAULT_CONTEXT_TOKENS);
        }
        if (asked > metadata.maxContextTokens()) {
            throw new GenerationException.Failed(
                    "model " + graph + ": " + asked + " context tokens asked for, the model has positions for "
                            + metadata.maxContextTokens() + "; lower maxContextTokens",
                    null);
        }
        return asked;
    }
}
