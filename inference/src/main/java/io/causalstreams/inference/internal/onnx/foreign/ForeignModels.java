package io.causalstreams.inference.internal.onnx.foreign;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.model.ModelMetadata;
import io.causalstreams.inference.internal.model.StepFailedException;
import io.causalstreams.inference.internal.onnx.cache.HostKvCache;
import io.causalstreams.inference.internal.onnx.cache.KvCacheReservation;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;

/** Opens graphs of other exporters. */
public final class ForeignModels {
    /** The runtime checks it in a step only; our exporter pads the heads. */
    private static final int HEAD_MULTIPLE = 16;

    private static final String QUANTISED_BY_TENSOR = "DynamicQuantizeLinear";

    private ForeignModels() {}

    /**
     * Takes over {@code session}; whoever opened it closes it if this fails.
     *
     * @throws GenerationException.Failed if the graph cannot be used; the message says why
     */
    public static CausalLm open(
            OrtEnvironment environment, OrtSession session, ModelDirectory directory, EngineConfig config)
            throws OrtException {
        ForeignGraph graph = ForeignGraph.of(directory.graph(), session);
        ForeignSignature signature = graph.signature();
        ModelMetadata metadata = ForeignMetadata.read(directory, signature, graph.operators());
        if (graph instanceof ForeignGraph.InPlace && metadata.headDim() % HEAD_MULTIPLE != 0) {
            throw new GenerationException.Failed(
                    "model " + directory.graph() + ": it has heads of " + metadata.headDim()
                            + ", GroupQueryAttention wants a multiple of " + HEAD_MULTIPLE
                            + "; export its checkpoint instead",
                    null);
        }
        HostKvCache memory = KvCacheReservation.reserve(
                environment, directory.graph(), metadata, signature.cacheElementBytes(), config);
        StepCache cache = graph instanceof ForeignGraph.InPlace
                ? new InPlaceCache(memory)
                : new GrowingCache(environment, memory, signature.cacheType());
        CausalLm model = new AttentionMaskCausalLm(
                environment,
                session,
                metadata,
                signature,
                cache,
                graph.operators().contains(QUANTISED_BY_TENSOR));
        try {
            requireOneStep(directory, model);
        } catch (GenerationException.Failed e) {
            cache.close();
            throw e;
        }
        return model;
    }

    /** Some operators load and refuse in a step only, such as those of graphs for CUDA: better here than in every request. */
    private static void requireOneStep(ModelDirectory directory, CausalLm model) {
        try {
            model.prefill(0, new int[] {0}, 0, CausalLm.LogitsWanted.LAST);
        } catch (StepFailedException e) {
            throw new GenerationException.Failed(
                    "model " + directory.graph() + ": ONNX Runtime loads the graph and cannot run it on the CPU ("
                            + e.getMessage() + "); export its checkpoint instead",
                    e);
        }
    }
}
