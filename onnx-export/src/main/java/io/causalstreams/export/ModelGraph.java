package io.causalstreams.export;

import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.architecture.ModelConfig;
import io.causalstreams.export.internal.block.Arithmetic;
import io.causalstreams.export.internal.block.DecoderGraph;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.TensorStore;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A decoder as a graph, its weights with a {@link TensorStore}.
 *
 * @param builder holds the graph
 * @param shape what the graph expects of its cache
 */
record ModelGraph(GraphBuilder builder, Decoder decoder, DecoderGraph shape) {
    /** Builds the graph, which computes in {@code reals}, and with it stores all weights. */
    static ModelGraph of(String name, TensorStore store, Decoder decoder, ElementType reals, Arithmetic arithmetic) {
        GraphBuilder builder = new GraphBuilder(name, store, reals);
        DecoderGraph shape = new DecoderGraph(builder, decoder, arithmetic);
        shape.add();
        return new ModelGraph(builder, decoder, shape);
    }

    /**
     * Writes the graph's file.
     *
     * @param directory where the weights and the tokenizer's files are
     * @param weights digest of the weights
     */
    void write(Path directory, ModelConfig config, Precision precision, String producer, String weights)
            throws IOException {
        ModelFacts facts = ModelFacts.of(
                config,
                directory,
                builder.toString(),
                precision,
                decoder,
                shape,
                builder.reals(),
                builder.fingerprint(weights));
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(directory.resolve(ModelFiles.GRAPH)))) {
            builder.build(producer, facts.metadata()).writeTo(out);
        }
    }
}
