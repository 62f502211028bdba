package io.causalstreams.export;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import io.causalstreams.export.internal.adapter.PeftAdapter;
import io.causalstreams.export.internal.adapter.PeftAdditions;
import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.architecture.Families;
import io.causalstreams.export.internal.architecture.ModelConfig;
import io.causalstreams.export.internal.architecture.Tensors;
import io.causalstreams.export.internal.architecture.UnsupportedModelException;
import io.causalstreams.export.internal.block.AdaptableArithmetic;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.safetensors.SafetensorsOutput;
import io.causalstreams.export.internal.checkpoint.safetensors.SafetensorsOutput.Matrix;
import io.causalstreams.export.internal.graph.TensorStore;
import io.causalstreams.export.internal.weight.LowRank;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Turns an adapter that peft saved into the file that a graph with {@link ExportOptions#adaptable()} takes: for each product an A
 * and a B in the order, scale and rotation of the graph's own weights ({@code docs/graph-contract.md}).
 */
public final class AdapterConversion {
    private static final String FACT = "causal_streams.";

    private AdapterConversion() {}

    /**
     * Converts one adapter.
     *
     * @param source the checkpoint that the model was exported from, as for {@link OnnxExporter#export}
     * @param adapter a directory that peft saved
     * @param model the exported model
     * @param output the file to write; appears whole or not at all
     * @throws ExportException if the adapter cannot be read, belongs to another checkpoint or is of a kind that is not
     *     implemented, or if the model takes no adapters
     */
    public static void convert(Path source, Path adapter, Path model, Path output) {
        try (Checkpoint checkpoint = CheckpointFormats.open(source);
                PeftAdapter saved = PeftAdapter.open(adapter)) {
            Map<String, String> facts = facts(model);
            Precision precision = Precision.valueOf(
                    String.valueOf(facts.get(FACT + "precision")).toUpperCase(Locale.ROOT));
            TargetDevice device = TargetDevice.of(String.valueOf(facts.get(FACT + "kv_type")));
            ExportOptions options =
                    ExportOptions.of(precision).withDevice(device).withAdaptable(true);
            List<Matrix> matrices = matrices(checkpoint, saved, options, adapter);
            Path next = output.resolveSibling(output.getFileName() + ".next");
            SafetensorsOutput.write(next, Map.of("base", String.valueOf(facts.get(FACT + "fingerprint"))), matrices);
            Files.move(next, output, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (CheckpointException | UnsupportedModelException e) {
            throw new ExportException(e.getMessage(), e);
        } catch (IOException | UncheckedIOException e) {
            throw new ExportException("cannot convert " + adapter + ": " + e.getMessage(), e);
        }
    }

    private static List<Matrix> matrices(
            Checkpoint checkpoint, PeftAdapter saved, ExportOptions options, Path directory) {
        Decoder decoder = Families.describe(new ModelConfig(checkpoint.config()), Tensors.of(checkpoint.weights()));
        PrecisionPlan plan = PrecisionPlan.of(options, decoder);
        AdaptableArithmetic arithmetic = (AdaptableArithmetic) plan.estimate().get();
        ModelGraph.of("adapted", TensorStore.discarding(), plan.decoder(), plan.reals(), arithmetic);
        PeftAdditions additions = new PeftAdditions(checkpoint.weights(), saved);
        List<Matrix> matrices = new ArrayList<>();
        arithmetic.adapted().forEach((address, weight) -> {
            LowRank added = weight.lowRank(additions);
            if (added != null) {
                int rank = added.rank();
                matrices.add(new Matrix(
                        address + ".a",
                        weight.columns(),
                        rank,
                        () -> added.a().transposed().read()));
                matrices.add(new Matrix(
                        address + ".b",
                        rank,
                        weight.rows(),
                        () -> added.b().transposed().read()));
            }
        });
        if (!additions.unused().isEmpty()) {
            throw new CheckpointException(
                    directory + ": changes " + additions.unused().first()
                            + ", which takes no adapter when the model runs; merge it with export --adapter");
        }
        return matrices;
    }

    /** @throws CheckpointException if the graph takes no adapters */
    private static Map<String, String> facts(Path model) throws IOException {
        try (InputStream in = Files.newInputStream(model.resolve(ModelFiles.GRAPH))) {
            ModelProto graph = ModelProto.parseFrom(in);
            boolean adaptable = graph.getGraph().getInputList().stream()
                    .anyMatch(input -> input.getName().equals(AdaptableArithmetic.ROWS));
            if (!adaptable) {
                throw new CheckpointException(model + ": takes no adapters; export it again with --adapters");
            }
            return graph.getMetadataPropsList().stream()
                    .collect(Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
        }
    }
}
