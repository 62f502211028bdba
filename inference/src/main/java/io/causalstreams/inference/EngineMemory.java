package io.causalstreams.inference;

import io.causalstreams.inference.internal.onnx.OnnxModels;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import java.nio.file.Path;

/**
 * What an engine takes of the host's memory, in bytes, said before it is opened.
 *
 * @param weights of the model's files, at most: those of products lie in memory in the layout of the kernels, the embedding is mapped
 *     from its file and resident as its rows are used
 * @param kvCache reserved for the KV cache; resident when every slot is full
 * @param keptKvCache of it, what stays resident between requests
 * @param buffers direct memory of the JVM: inputs and logits of steps
 * @param scores of the attention in one pass, the largest of a pass's intermediate results
 */
public record EngineMemory(long weights, long kvCache, long keptKvCache, long buffers, long scores) {

    /**
     * Of {@link GenerationEngine#open} with the same arguments; loads nothing.
     *
     * @param modelDirectory an export of ours, on the CPU
     * @throws GenerationException.Failed if the directory is none, or the sizes do not fit the model; the message says which
     */
    public static EngineMemory of(Path modelDirectory, EngineConfig config) {
        return OnnxModels.memory(ModelDirectory.at(modelDirectory), config);
    }

    /** The same with these weights. */
    public EngineMemory withWeights(long bytes) {
        return new EngineMemory(bytes, kvCache, keptKvCache, buffers, scores);
    }
}
