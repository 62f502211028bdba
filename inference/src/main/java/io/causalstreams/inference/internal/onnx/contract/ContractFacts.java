package io.causalstreams.inference.internal.onnx.contract;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.ModelMetadata;
import io.causalstreams.inference.internal.onnx.cache.KvCacheLayout;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a graph of ours says of itself.
 *
 * @param kvType of an element of the cache
 * @param heads of queries
 * @param shortContextTokens 0 = all sequences have positions of one kind
 */
record ContractFacts(ModelMetadata metadata, OnnxJavaType kvType, int heads, int shortContextTokens) {

    /** @throws GenerationException.Failed if the export is not finished, or not for this engine */
    static ContractFacts of(OrtSession session, ModelDirectory directory) throws OrtException {
        return of(session.getMetadata().getCustomMetadata(), directory);
    }

    static ContractFacts of(Map<String, String> properties, ModelDirectory directory) {
        if (!directory.exported()) {
            throw new GenerationException.Failed(
                    "model " + directory.path()
                            + ": export.json is missing, so it is no finished export; export it again",
                    null);
        }
        Path graph = directory.graph();
        return new ContractFacts(
                ContractMetadata.read(graph, properties),
                ContractMetadata.kvType(graph, properties),
                ContractMetadata.heads(graph, properties),
                ContractMetadata.shortContextTokens(graph, properties));
    }

    StepBuffers buffers(KvCacheLayout layout) {
        return new StepBuffers(layout.slots(), layout.positions(), metadata.vocabularySize());
    }
}
