package io.causalstreams.inference.internal.onnx.cache;

import ai.onnxruntime.OrtEnvironment;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.ModelMetadata;
import java.nio.file.Path;

/** Sizes a KV cache for a model and the engine's configuration, and takes its memory. */
public final class KvCacheReservation {
    private static final int DEFAULT_CONTEXT_TOKENS = 2048;

    private KvCacheReservation() {}

    /**
     * Takes the memory of {@code config.slots()} slots.
     *
     * @param elementBytes 4 for float32, 2 for float16
     * @throws GenerationException.Failed if the sizes do not fit the model or the machine
     */
    public static HostKvCache reserve(
            OrtEnvironment environment, Path graph, ModelMetadata metadata, int elementBytes, EngineConfig config) {
        KvCacheLayout layout = new KvCacheLayout(
                metadata.layers(),
                config.slots(),
                metadata.kvHeads(),
                contextTokens(metadata, config, graph),
                metadata.headDim(),
                elementBytes);
        String lower = "; lower the slots or the context tokens of a slot";
        if (layout.blockBytes() > Integer.MAX_VALUE) {
            throw new GenerationException.Failed(
                    "model " + graph + ": the KV cache of " + layout.describe() + " has " + layout.blockBytes()
                            + " bytes in one layer's keys, the limit is 2147483647" + lower,
                    null);
        }
        try {
            return new HostKvCache(environment, layout);
        } catch (OutOfMemoryError e) {
            throw new GenerationException.Failed(
                    "model " + graph + ": no memory for the KV cache of " + layout.describe() + " = "
                            + layout.totalBytes() + " bytes" + lower,
                    e);
        }
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
