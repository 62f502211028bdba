package io.causalstreams.export.internal.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.causalstreams.export.internal.graph.Dimension;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.ExternalTensorFile;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Weight;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of a quantised table against the table. */
class Int8TableTest {
    private static final int TOKENS = 50;
    private static final int HIDDEN = 64;
    private static final int ZEROS = 3;

    private final long seed = Long.getLong("test.seed", System.nanoTime());

    @TempDir
    Path directory;

    @Test
    void shouldGiveEachTokenItsRowWithinHalfAStep() throws Exception {
        // Given: rows of very different sizes, and one of zeros
        Random random = new Random(seed);
        float[] table = new float[TOKENS * HIDDEN];
        float[] largest = new float[TOKENS];
        for (int i = 0; i < table.length; i++) {
            int token = i / HIDDEN;
            table[i] = token == ZEROS ? 0 : (float) (random.nextGaussian() * Math.pow(10, token % 5 - 2));
            largest[token] = Math.max(largest[token], Math.abs(table[i]));
        }
        long[][] ids = {{49, ZEROS, 0}, {7, 7, 31}};

        // When
        float[][][] rows = run(table, ids);

        // Then
        for (int r = 0; r < ids.length; r++) {
            for (int c = 0; c < ids[r].length; c++) {
                int token = (int) ids[r][c];
                for (int i = 0; i < HIDDEN; i++) {
                    assertThat(rows[r][c][i])
                            .as("seed %d, token %d, channel %d", seed, token, i)
                            .isCloseTo(table[token * HIDDEN + i], within(0.501f * largest[token] / 127));
                }
            }
        }
    }

    private float[][][] run(float[] table, long[][] ids) throws Exception {
        Path model = directory.resolve("model.onnx");
        try (ExternalTensorFile file = new ExternalTensorFile(model.resolveSibling("model.onnx.data"));
                OutputStream out = Files.newOutputStream(model)) {
            GraphBuilder graph = new GraphBuilder("test", file);
            Dimension rows = Dimension.of("rows");
            Dimension chunk = Dimension.of("chunk");
            Value input = graph.input("ids", ElementType.INT64, rows, chunk);
            Value output = Int8Table.embed(graph.root().at("embed"), input, new Table(table));
            graph.output(output, ElementType.FLOAT, rows, chunk, Dimension.of(HIDDEN));
            graph.build("test", Map.of()).writeTo(out);
        }
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(model.toString());
                OnnxTensor input = OnnxTensor.createTensor(environment, ids);
                OrtSession.Result result = session.run(Map.of("ids", input))) {
            return (float[][][]) result.get(0).getValue();
        }
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Table(float[] elements) implements Weight {
        @Override
        public String name() {
            return "table";
        }

        @Override
        public int rows() {
            return TOKENS;
        }

        @Override
        public int columns() {
            return HIDDEN;
        }

        @Override
        public float[] read() {
            return elements.clone();
        }
    }
}
