package io.causalstreams.inference.internal.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.onnx.contract.ContractCausalLm;
import io.causalstreams.inference.internal.onnx.foreign.ForeignModels;
import io.causalstreams.inference.internal.onnx.pooled.OnnxPooledModel;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import io.causalstreams.inference.internal.onnx.runtime.OrtRuntime;
import io.causalstreams.inference.internal.onnx.runtime.OrtSessions;
import java.util.Set;

/**
 * Opens whatever kind of graph a model directory holds; see {@code docs/graph-contract.md}.
 *
 * <pre>
 *   seqlens_k among the inputs ──► contract   ours: lengths per row, cache in place
 *   lengths among the inputs ────► pooled     ours: whole texts, no cache
 *   else ────────────────────────► foreign    other exporters: an attention mask, or nothing but a cache
 * </pre>
 */
public final class OnnxModels {
    private OnnxModels() {}

    /**
     * Loads a decoder, as {@link #open}.
     *
     * @throws GenerationException.Failed for a model of whole texts, too
     */
    public static CausalLm openCausal(ModelDirectory directory, EngineConfig config) {
        OpenedModel opened = open(directory, config);
        if (opened instanceof OpenedModel.Causal causal) {
            return causal.model();
        }
        ((OpenedModel.Pooled) opened).model().close();
        throw new GenerationException.Failed(
                "model " + directory.path() + ": makes vectors or scores of texts; give one that generates text", null);
    }

    /**
     * Loads the graph; of a decoder, reserves the KV cache, {@code config.slots()} slots of {@code config.maxContextTokens()} (null =
     * what the model allows, at most 2048).
     *
     * @throws GenerationException.Failed if the graph cannot be used or the sizes do not fit; the message names both
     */
    public static OpenedModel open(ModelDirectory directory, EngineConfig config) {
        OrtEnvironment environment = OrtRuntime.environment();
        OrtSession session = OrtSessions.open(environment, directory, config);
        try {
            Set<String> inputs = session.getInputNames();
            if (inputs.contains(OnnxPooledModel.LENGTHS)) {
                return new OpenedModel.Pooled(OnnxPooledModel.open(environment, session, directory, config));
            }
            return new OpenedModel.Causal(
                    inputs.contains(ContractCausalLm.LAST_POSITIONS)
                            ? ContractCausalLm.open(environment, session, directory, config)
                            : ForeignModels.open(environment, session, directory, config));
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
