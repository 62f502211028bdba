package io.causalstreams.inference.internal.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationException;

/** Opens whatever kind of graph a model directory holds. */
public final class CausalLms {
    /** The runtime checks it in a step only; our exporter pads the heads. */
    private static final int HEAD_MULTIPLE = 16;

    private static final String QUANTISED_BY_TENSOR = "DynamicQuantizeLinear";

    private CausalLms() {}

    /**
     * Loads the graph and reserves the KV cache, {@code config.slots()} slots of {@code config.maxContextTokens()} (null =
     * what the model allows, at most 2048).
     *
     * @throws GenerationException.Failed if the graph cannot be used or the sizes do not fit; the message names both
     */
    public static CausalLm open(ModelDirectory directory, EngineConfig config) {
        OrtEnvironment environment = OrtRuntime.environment();
        OrtSession session = OrtSessions.open(environment, directory, config);
        CausalLm model;
        try {
            model = open(environment, session, directory, config);
        } catch (GenerationException | OrtException e) {
            try {
                session.close();
            } catch (OrtException suppressed) {
                e.addSuppressed(suppressed);
            }
            if (e instanceof GenerationException known) {
                throw known;
            }
            throw new GenerationException.Failed("model " + directory.graph() + ": its metadata cannot be read", e);
        }
        if (model instanceof AttentionMaskCausalLm) {
            requireOneStep(directory, model);
        }
        return model;
    }

    private static CausalLm open(
            OrtEnvironment environment, OrtSession session, ModelDirectory directory, EngineConfig config)
            throws OrtException {
        GraphKind kind = GraphKind.of(directory, session);
        if (kind instanceof GraphKind.Foreign foreign) {
            ModelMetadata metadata = ForeignMetadata.read(directory, foreign.signature(), foreign.operators());
            if (foreign instanceof GraphKind.InPlace && metadata.headDim() % HEAD_MULTIPLE != 0) {
                throw new GenerationException.Failed(
                        "model " + directory.graph() + ": it has heads of " + metadata.headDim()
                                + ", GroupQueryAttention wants a multiple of " + HEAD_MULTIPLE
                                + "; export its checkpoint instead",
                        null);
            }
            OrtKvCache memory = KvCacheReservation.reserve(
                    environment,
                    directory.graph(),
                    metadata,
                    foreign.signature().cacheElementBytes(),
                    config);
            StepCache cache = foreign instanceof GraphKind.InPlace
                    ? new InPlaceCache(memory)
                    : new GrowingCache(environment, memory, foreign.signature().cacheType());
            return new AttentionMaskCausalLm(
                    environment,
                    session,
                    metadata,
                    foreign.signature(),
                    cache,
                    foreign.operators().contains(QUANTISED_BY_TENSOR));
        }
        return OrtCausalLm.open(environment, session, directory.graph(), config);
    }

    /** Some operators load and refuse in a step only, such as those of graphs for CUDA: better here than in every request. */
    private static void requireOneStep(ModelDirectory directory, CausalLm model) {
        try {
            model.prefill(0, new int[] {0}, 0, CausalLm.LogitsWanted.LAST);
        } catch (StepFailedException e) {
            model.close();
            throw new GenerationException.Failed(
                    "model " + directory.graph() + ": ONNX Runtime loads the graph and cannot run it on the CPU ("
                            + e.getMessage() + "); export its checkpoint instead",
                    e);
        }
    }
}
