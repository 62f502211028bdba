package io.causalstreams.inference.internal.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.causalstreams.inference.Device;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.EngineMemory;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.model.PooledMetadata;
import io.causalstreams.inference.internal.model.StepFailedException;
import io.causalstreams.inference.internal.onnx.contract.ContractCausalLm;
import io.causalstreams.inference.internal.onnx.contract.ContractModels;
import io.causalstreams.inference.internal.onnx.device.Accelerator;
import io.causalstreams.inference.internal.onnx.device.Accelerators;
import io.causalstreams.inference.internal.onnx.foreign.ForeignModels;
import io.causalstreams.inference.internal.onnx.pooled.OnnxPooledModel;
import io.causalstreams.inference.internal.onnx.runtime.ExportProperties;
import io.causalstreams.inference.internal.onnx.runtime.GraphFile;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import io.causalstreams.inference.internal.onnx.runtime.NativeLibraries;
import io.causalstreams.inference.internal.onnx.runtime.OrtRuntime;
import io.causalstreams.inference.internal.onnx.runtime.OrtSessions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens whatever kind of graph a model directory holds; see {@code docs/graph-contract.md}.
 *
 * <pre>
 *   seqlens_k among the inputs ──► contract   ours: lengths per row, cache in place
 *   lengths among the inputs ────► pooled     ours: whole texts, no cache
 *   else ────────────────────────► foreign    other exporters: an attention mask, or nothing but a cache
 * </pre>
 *
 * Those of contract and pooled run on devices beside the host, too, where they were exported for them.
 */
public final class OnnxModels {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxModels.class);

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
        @Nullable Accelerator accelerator = Accelerators.find(config.device(), NativeLibraries.folder());
        if (accelerator != null) {
            try {
                return makesVectorsOrScores(directory)
                        ? new OpenedModel.Pooled(openPooledOn(accelerator, directory, config))
                        : new OpenedModel.Causal(openOn(accelerator, directory, config));
            } catch (GenerationException.Failed e) {
                if (config.device().kind() != Device.Kind.AUTO) {
                    throw e;
                }
                LOG.info("computing on the CPU: {}", e.getMessage());
            }
        }
        OrtSession session = OrtSessions.open(environment, directory, config);
        return closingIfItFails(session, directory, () -> {
            Set<String> inputs = session.getInputNames();
            if (inputs.contains(OnnxPooledModel.LENGTHS)) {
                return new OpenedModel.Pooled(OnnxPooledModel.open(environment, session, directory, config));
            }
            return new OpenedModel.Causal(
                    inputs.contains(ContractCausalLm.LAST_POSITIONS)
                            ? ContractModels.open(environment, session, directory, config)
                            : ForeignModels.open(environment, session, directory, config));
        });
    }

    /**
     * What {@link #open} takes of the host's memory for a decoder of ours. Loads nothing.
     *
     * @throws GenerationException.Failed if it is another kind of graph, or the sizes do not fit it
     */
    public static EngineMemory memory(ModelDirectory directory, EngineConfig config) {
        if (!directory.exported()) {
            throw new GenerationException.Failed(
                    "model " + directory.path() + ": is no export of ours, so only loading it shows what it takes;"
                            + " export its checkpoint",
                    null);
        }
        if (makesVectorsOrScores(directory)) {
            throw new GenerationException.Failed(
                    "model " + directory.path()
                            + ": makes vectors or scores of texts, so it has no KV cache; give one that generates text",
                    null);
        }
        return ContractModels.memory(GraphFile.properties(directory.graph()), directory, config)
                .withWeights(directory.weightBytes());
    }

    private static boolean makesVectorsOrScores(ModelDirectory directory) {
        return directory.exported()
                && !new ExportProperties(directory.graph(), GraphFile.properties(directory.graph())).has("kv_type");
    }

    /**
     * Loads a graph of ours that makes vectors or scores of texts, on a device.
     *
     * @throws GenerationException.Failed if it was exported for the CPU, or does not fit; the message says which
     */
    public static OnnxPooledModel openPooledOn(Accelerator accelerator, ModelDirectory directory, EngineConfig config) {
        OnnxPooledModel.requireFor(accelerator, directory);
        OrtEnvironment environment = OrtRuntime.environment();
        OrtSession session = OrtSessions.open(environment, directory, config, accelerator, false);
        OnnxPooledModel model = closingIfItFails(
                session, directory, () -> OnnxPooledModel.openOn(accelerator, environment, session, directory, config));
        PooledMetadata metadata = model.metadata();
        LOG.info(
                "model {} on {}: texts of up to {} tokens",
                metadata.name(),
                accelerator.name(),
                metadata.maxContextTokens());
        return model;
    }

    /**
     * Loads a graph of ours that generates, on a device. Its steps are recorded; where {@link ContractModels#unrecordable} or ONNX
     * Runtime forbids it, they are computed node by node.
     *
     * @throws GenerationException.Failed if it is another kind of graph, or does not fit; the message says which
     */
    public static CausalLm openOn(Accelerator accelerator, ModelDirectory directory, EngineConfig config) {
        if (!config.cudaGraphs()) {
            return openOn(accelerator, directory, config, false);
        }
        @Nullable String unrecordable = ContractModels.unrecordable(directory.graph());
        if (unrecordable != null) {
            LOG.info("model {}: steps are computed node by node: {}", directory.path(), unrecordable);
            return openOn(accelerator, directory, config, false);
        }
        try {
            return openOn(accelerator, directory, config, true);
        } catch (GenerationException.Failed e) {
            Throwable cause = e.getCause();
            if (!(cause instanceof OrtException || cause instanceof StepFailedException)) {
                throw e;
            }
            LOG.info(
                    "model {}: steps are computed node by node, as they could not be recorded ({})",
                    directory.path(),
                    cause.getMessage());
            return openOn(accelerator, directory, config, false);
        }
    }

    private static CausalLm openOn(
            Accelerator accelerator, ModelDirectory directory, EngineConfig config, boolean recording) {
        OrtEnvironment environment = OrtRuntime.environment();
        OrtSession session = OrtSessions.open(environment, directory, config, accelerator, recording);
        CausalLm model = closingIfItFails(session, directory, () -> {
            if (!session.getInputNames().contains(ContractCausalLm.LAST_POSITIONS)) {
                throw new GenerationException.Failed(
                        "model " + directory.path() + ": on " + accelerator.name()
                                + " only exports of ours can be run; export the checkpoint with"
                                + " --device cuda, or use --device cpu",
                        null);
            }
            return ContractModels.openOn(accelerator, recording, environment, session, directory, config);
        });
        LOG.info(
                "model {} on {}: {} slots of {} tokens",
                model.metadata().name(),
                accelerator.name(),
                model.slots(),
                model.maxContextTokens());
        return model;
    }

    private interface Opening<T> {
        T open() throws OrtException;
    }

    private static <T> T closingIfItFails(OrtSession session, ModelDirectory directory, Opening<T> opening) {
        try {
            return opening.open();
        } catch (RuntimeException | OrtException e) {
            try {
                session.close();
            } catch (OrtException suppressed) {
                e.addSuppressed(suppressed);
            }
            if (e instanceof RuntimeException known) {
                throw known;
            }
            throw new GenerationException.Failed("model " + directory.graph() + ": its metadata cannot be read", e);
        }
    }
}
