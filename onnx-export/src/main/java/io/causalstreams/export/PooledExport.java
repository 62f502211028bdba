package io.causalstreams.export;

import io.causalstreams.export.internal.architecture.ModelConfig;
import io.causalstreams.export.internal.architecture.UnsupportedModelException;
import io.causalstreams.export.internal.block.Arithmetic;
import io.causalstreams.export.internal.block.FloatArithmetic;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.ExternalTensorFile;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Parameter;
import io.causalstreams.export.internal.graph.TensorStore;
import io.causalstreams.export.internal.quantization.QuantizedDecoder;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the model directory of a {@link PooledModel}. */
final class PooledExport {
    private static final String PREFIX = "causal_streams.";
    private static final String CONTRACT = "1";

    private final Checkpoint checkpoint;
    private final ExportOptions options;
    private final PooledModel model;
    private final String name;

    private PooledExport(Checkpoint checkpoint, ExportOptions options) {
        if (options.calibration() != null) {
            throw new UnsupportedModelException(
                    "a limit of the divergence from fp32 is measured on text that a model writes; this one writes none");
        }
        if (options.kvCacheRanges() != null) {
            throw new UnsupportedModelException("a model of whole texts has no KV cache, so none of int8");
        }
        this.checkpoint = checkpoint;
        this.options = options;
        this.model = PooledModel.of(checkpoint);
        this.name = options.name() != null ? options.name() : checkpoint.name();
    }

    /** Writes everything but the tokenizer. */
    static void write(Checkpoint checkpoint, Path source, Path directory, ExportOptions options, String producer)
            throws IOException {
        new PooledExport(checkpoint, options).write(source, directory, producer);
    }

    /** The structure of the graph, as {@link OnnxExporter#explain}. */
    static String explain(Checkpoint checkpoint, ExportOptions options) {
        PooledExport export = new PooledExport(checkpoint, options);
        GraphBuilder graph = export.graph(TensorStore.discarding());
        return Explanation.of(
                graph,
                export.config().modelType(),
                options.precision(),
                export.model.layers(),
                export.model.vocabularySize(),
                export.model.maxTokens());
    }

    private void write(Path source, Path directory, String producer) throws IOException {
        long total = graph(TensorStore.discarding()).parameters().stream()
                .mapToLong(Parameter::bytes)
                .sum();
        String weights;
        try (ExternalTensorFile data = new ExternalTensorFile(
                directory.resolve(ModelFiles.WEIGHTS),
                written -> options.listener().onProgress(written, Math.max(total, written)))) {
            GraphBuilder graph = graph(data);
            weights = data.finish();
            Map<String, String> metadata = metadata(graph.fingerprint(weights));
            try (OutputStream out =
                    new BufferedOutputStream(Files.newOutputStream(directory.resolve(ModelFiles.GRAPH)))) {
                graph.build(producer, metadata).writeTo(out);
            }
        }
        ExportManifest.write(directory, source, name, options, null, weights);
    }

    private GraphBuilder graph(TensorStore store) {
        return model.graph(name, store, options.device().reals(options.precision()), arithmetic());
    }

    /** A new one for every graph. Activations are not spread as for decoders: products in eight bits scale every block. */
    private Arithmetic arithmetic() {
        return switch (options.precision()) {
            case FP32 -> new FloatArithmetic();
            case FP16 ->
                options.device() == TargetDevice.CPU ? new FloatArithmetic(ElementType.FLOAT16) : new FloatArithmetic();
            case INT8 -> QuantizedDecoder.eightBitBlocks();
            case BF16, INT4 ->
                throw new UnsupportedModelException(
                        "models of embeddings and scores are exported in fp32, fp16 or int8; "
                                + options.precision().id() + " is not offered");
        };
    }

    private ModelConfig config() {
        return new ModelConfig(checkpoint.config());
    }

    private Map<String, String> metadata(String digest) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("contract", CONTRACT);
        facts.put("name", name);
        facts.put("architecture", config().modelType());
        facts.put("precision", options.precision().id());
        facts.put("fingerprint", ModelFacts.fingerprint(digest));
        facts.put("layers", Integer.toString(model.layers()));
        facts.put("heads", Integer.toString(model.heads()));
        facts.put("vocabulary_size", Integer.toString(model.vocabularySize()));
        facts.put("max_context_tokens", Integer.toString(model.maxTokens()));
        facts.putAll(model.facts());
        if (options.device() != TargetDevice.CPU) {
            facts.put("reals", ModelFacts.typeOf(options.device().reals(options.precision())));
        }
        Map<String, String> prefixed = new LinkedHashMap<>();
        facts.forEach((key, value) -> prefixed.put(PREFIX + key, value));
        return prefixed;
    }
}
