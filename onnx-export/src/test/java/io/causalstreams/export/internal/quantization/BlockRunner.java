package io.causalstreams.export.internal.quantization;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.causalstreams.export.internal.graph.Dimension;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.ExternalTensorFile;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.RowReader;
import io.causalstreams.export.internal.weight.Weight;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Runs graphs of one block. */
final class BlockRunner {
    private static final Dimension ROWS = Dimension.of("rows");
    private static final Dimension CHUNK = Dimension.of("chunk");

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final Path directory;

    /** A block with its weight inside. */
    interface Block {
        Value add(Scope scope, Value input, Weight weight);
    }

    /** @param directory for the graphs' files */
    BlockRunner(Path directory) {
        this.directory = directory;
    }

    /** Shapes: x (rows, inputs), given as chunks of one; weight (outputs, inputs); result (rows, outputs). */
    float[] product(float[] x, float[] weight, int inputs, Block block) throws IOException, OrtException {
        Path model = write(block, new Matrix(weight, inputs), ElementType.FLOAT, ROWS, CHUNK, Dimension.of(inputs));
        long[] shape = {x.length / inputs, 1, inputs};
        return run(model, OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), shape));
    }

    /** Shapes: ids (rows, chunk); table (vocabulary, hidden); result (rows, chunk, hidden). */
    float[] embedding(long[][] ids, float[] table, int hidden, Block block) throws IOException, OrtException {
        Path model = write(block, new Matrix(table, hidden), ElementType.INT64, ROWS, CHUNK);
        return run(model, OnnxTensor.createTensor(environment, ids));
    }

    private Path write(Block block, Weight weight, ElementType type, Dimension... dimensions) throws IOException {
        Path model = Files.createTempDirectory(directory, "graph").resolve("model.onnx");
        try (ExternalTensorFile file = new ExternalTensorFile(model.resolveSibling("model.onnx.data"));
                OutputStream out = Files.newOutputStream(model)) {
            GraphBuilder graph = new GraphBuilder("test", file);
            Value input = graph.input("input", type, dimensions);
            Value output = block.add(Scope.root(graph).at("block"), input, weight);
            graph.output(output, ElementType.FLOAT, ROWS, CHUNK, Dimension.of("channels"));
            file.finish();
            graph.build("test", Map.of()).writeTo(out);
        }
        return model;
    }

    /** Closes {@code input}. */
    private float[] run(Path model, OnnxTensor input) throws OrtException {
        try (input;
                OrtSession session = environment.createSession(model.toString());
                OrtSession.Result result = session.run(Map.of("input", input))) {
            FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] output = new float[buffer.remaining()];
            buffer.get(output);
            return output;
        }
    }

    @SuppressWarnings("ArrayRecordComponent")
    record Matrix(float[] elements, int columns) implements Weight {
        @Override
        public String name() {
            return "given";
        }

        @Override
        public int rows() {
            return elements.length / columns;
        }

        @Override
        public RowReader open() {
            return (first, count, target, offset) ->
                    System.arraycopy(elements, first * columns, target, offset, count * columns);
        }
    }
}
