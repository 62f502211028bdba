package io.causalstreams.inference.internal.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.onnx.contract.ContractCausalLm;
import io.causalstreams.inference.internal.onnx.foreign.ForeignModels;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import io.causalstreams.inference.internal.onnx.runtime.OrtRuntime;
import io.causalstreams.inference.internal.onnx.runtime.OrtSessions;

/**
 * Opens whatever kind of graph a model directory holds; see {@code docs/graph-contract.md}.
 *
 * <pre>
 *   seqlens_k among the inputs ──► contract   ours: lengths per row, cache in place
 *   else ────────────────────────► foreign    other exporters: an attention mask, or nothing but a cache
 * </pre>
 */
public final class OnnxModels {
    private OnnxModels() {}

    /**
     * Loads the graph and reserves the KV cache, {@code config.slots()} slots of {@code config.maxContextTokens()} (null =
     * what the model allows, at most 2048).
     *
     * @throws GenerationException.Failed if the graph cannot be used or the sizes do not fit; the message names both
     */
    public static CausalLm open(ModelDirectory directory, EngineConfig config) {
        OrtEnvironment environment = OrtRuntime.environment();
        OrtSession session = OrtSessions.open(environment, directory, config);
        try {
            return session.getInputNames().contains(ContractCausalLm.LAST_POSITIONS)
                    ? ContractCausalLm.open(environment, session, directory, config)
                    : ForeignModels.open(environment, session, directory, config);
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
    }
}
