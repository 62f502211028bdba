package io.causalstreams.inference.internal.onnx.contract;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.EngineMemory;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.ModelMetadata;
import io.causalstreams.inference.internal.onnx.cache.KvCache;
import io.causalstreams.inference.internal.onnx.cache.KvCacheLayout;
import io.causalstreams.inference.internal.onnx.cache.KvCacheReservation;
import io.causalstreams.inference.internal.onnx.device.Accelerator;
import io.causalstreams.inference.internal.onnx.device.DeviceException;
import io.causalstreams.inference.internal.onnx.device.OrtTensors;
import io.causalstreams.inference.internal.onnx.runtime.GraphFile;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes decoders of sessions over graphs of our exporter: their cache on the host or on a device. */
public final class ContractModels {
    private ContractModels() {}

    /**
     * Takes over {@code session}; whoever opened it closes it if this fails.
     *
     * @throws GenerationException.Failed if the graph cannot be used; the message says why
     */
    public static ContractCausalLm open(
            OrtEnvironment environment, OrtSession session, ModelDirectory directory, EngineConfig config)
            throws OrtException {
        ContractFacts facts = ContractFacts.of(session, directory);
        KvCache cache = KvCacheReservation.reserve(
                environment, directory.graph(), facts.metadata(), facts.kvType().size, config);
        return new ContractCausalLm(
                environment,
                session,
                cache,
                facts.buffers(cache.layout()),
                facts,
                AdapterInputs.of(environment, session, cache.layout().slots()),
                null);
    }

    /**
     * What {@link #open} and the passes of its decoder take, apart from weights, on the host.
     *
     * @param properties {@code metadata_props} of the graph
     * @throws GenerationException.Failed if the graph cannot be used; the message says why
     */
    public static EngineMemory memory(Map<String, String> properties, ModelDirectory directory, EngineConfig config) {
        ContractFacts facts = ContractFacts.of(properties, directory);
        ModelMetadata metadata = facts.metadata();
        KvCacheLayout layout = KvCacheReservation.onHost(directory.graph(), metadata, facts.kvType().size, config);
        int chunk = Math.min(config.prefillChunkTokens(), layout.positions());
        return new EngineMemory(
                0,
                layout.totalBytes(),
                layout.keptBytes(),
                StepBuffers.mostBytes(layout.slots(), layout.positions(), metadata.vocabularySize(), chunk),
                ContractCausalLm.scoreBytes(facts.heads(), layout.positions(), chunk));
    }

    /**
     * Why decode steps of a graph cannot be recorded, or null where nothing speaks against it. Loads nothing.
     *
     * <p>A recording keeps its choices and sizes: replayed with data that ask for others, it would be wrong without a word.
     */
    public static @Nullable String unrecordable(Path graph) {
        if (GraphFile.inputs(graph).contains(AdapterInputs.ROWS)) {
            return "which products its adapters change is decided as it runs";
        }
        return ContractMetadata.recordable(graph, GraphFile.properties(graph))
                ? null
                : "how many rows each of its experts gets is known only as it runs";
    }

    /**
     * As {@link #open}, on a device: the cache lies there, and passes of the greatest sizes are run once, so that what does not fit
     * is known now.
     *
     * @param recording whether {@code session} records decode steps, which only a graph allows that is not {@link #unrecordable}
     */
    public static ContractCausalLm openOn(
            Accelerator accelerator,
            boolean recording,
            OrtEnvironment environment,
            OrtSession session,
            ModelDirectory directory,
            EngineConfig config)
            throws OrtException {
        ContractFacts facts = ContractFacts.of(session, directory);
        if (!accelerator.computesIn(facts.kvType())) {
            throw new GenerationException.Failed(
                    "model " + directory.path() + ": its cache is of "
                            + facts.kvType().name().toLowerCase(Locale.ROOT) + ", which " + accelerator.name()
                            + " does not compute in; export the checkpoint with --device cuda",
                    null);
        }
        OrtTensors tensors = OrtTensors.of(environment, accelerator.memoryName(), accelerator.ordinal());
        @Nullable KvCache cache = null;
        @Nullable RecordedDecodes recorded = null;
        try {
            cache = KvCacheReservation.reserveOn(
                    accelerator, tensors, directory.graph(), facts.metadata(), facts.kvType(), config);
            StepBuffers buffers = facts.buffers(cache.layout());
            AdapterInputs adapters =
                    AdapterInputs.of(environment, session, cache.layout().slots());
            if (recording) {
                recorded =
                        new RecordedDecodes(environment, session, cache, buffers, accelerator.memory(), tensors, facts);
            }
            ContractCausalLm model = new ContractCausalLm(
                    environment,
                    session,
                    cache,
                    buffers,
                    facts,
                    adapters,
                    new ContractCausalLm.OnDevice(tensors, recorded));
            model.runLargestPasses(accelerator.name(), config.prefillChunkTokens());
            return model;
        } catch (OrtException | RuntimeException e) {
            if (recorded != null) {
                recorded.close();
            }
            if (cache != null) {
                cache.close();
            }
            tensors.close();
            if (e instanceof DeviceException) {
                throw new GenerationException.Failed(
                        "model " + directory.graph() + ": " + accelerator.name()
                                + " has no memory for passes beside the KV cache (" + e.getMessage()
                                + "); lower the slots",
                        e);
            }
            throw e;
        }
    }
}
