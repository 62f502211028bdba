package io.causalstreams.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Exports of embedding and scoring models compute what sentence-transformers computes, all texts in one pass. */
class PooledParityTest {
    private static final Path TINY = Path.of("src/test/resources/tiny-pooled");
    private static final float TOLERANCE = 1e-4f;
    /** Of vectors of length 1 from random weights: what eight bits cost. */
    private static final double INT8_COSINE = 0.999;
    /** What half precision costs. */
    private static final double HALF_COSINE = 0.99999;

    @TempDir
    Path directory;

    static Stream<String> embedding() throws IOException {
        return names("embeddings");
    }

    static Stream<Arguments> embeddingOnDevices() throws IOException {
        return embedding()
                .flatMap(name ->
                        Stream.of(Precision.FP16, Precision.INT8).map(precision -> Arguments.of(name, precision)));
    }

    static Stream<String> scoring() throws IOException {
        return names("scores");
    }

    @ParameterizedTest
    @MethodSource("embedding")
    void shouldGiveTheOraclesVectorsOfTextsOfDifferentLengthsInOnePass(String name) throws Exception {
        // Given
        JsonNode cases = golden(name).path("embeddings");

        // When
        float[][] vectors = run(name, ExportOptions.of(Precision.FP32), "embeddings", ids(cases), null);

        // Then
        for (int row = 0; row < vectors.length; row++) {
            float[] expected = floats(cases.get(row).path("embedding"));
            float[] actual = normalised(name) ? unit(vectors[row]) : vectors[row];
            assertThat(actual).as("text %d", row).hasSameSizeAs(expected);
            for (int i = 0; i < expected.length; i++) {
                assertThat(actual[i]).as("text %d, %d", row, i).isCloseTo(expected[i], within(TOLERANCE));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("embedding")
    void shouldStayNearTheOraclesVectorsInEightBits(String name) throws Exception {
        // Given
        JsonNode cases = golden(name).path("embeddings");

        // When
        float[][] vectors = run(name, ExportOptions.of(Precision.INT8), "embeddings", ids(cases), null);

        // Then
        for (int row = 0; row < vectors.length; row++) {
            float[] expected = unit(floats(cases.get(row).path("embedding")));
            assertThat(cosine(unit(vectors[row]), expected)).as("text %d", row).isGreaterThan(INT8_COSINE);
        }
    }

    @ParameterizedTest
    @MethodSource("embeddingOnDevices")
    void shouldStayNearTheOraclesVectorsInGraphsForDevices(String name, Precision precision) throws Exception {
        // Given
        JsonNode cases = golden(name).path("embeddings");
        ExportOptions options = ExportOptions.of(precision).withDevice(TargetDevice.CUDA);

        // When
        float[][] vectors = run(name, options, "embeddings", ids(cases), null);

        // Then
        for (int row = 0; row < vectors.length; row++) {
            float[] expected = unit(floats(cases.get(row).path("embedding")));
            assertThat(cosine(unit(vectors[row]), expected))
                    .as("text %d", row)
                    .isGreaterThan(precision == Precision.FP16 ? HALF_COSINE : INT8_COSINE);
        }
    }

    @ParameterizedTest
    @MethodSource("scoring")
    void shouldGiveTheOraclesScoresOfPairsInOnePass(String name) throws Exception {
        requireScores(name, ExportOptions.of(Precision.FP32), 1e-4);
    }

    @ParameterizedTest
    @MethodSource("scoring")
    void shouldStayNearTheOraclesScoresInGraphsForDevices(String name) throws Exception {
        requireScores(name, ExportOptions.of(Precision.FP16).withDevice(TargetDevice.CUDA), 2e-2);
    }

    private void requireScores(String name, ExportOptions options, double tolerance) throws Exception {
        // Given
        JsonNode golden = golden(name);
        boolean types = name.startsWith("bert");
        List<long[]> ids = new ArrayList<>();
        golden.path("input_ids").forEach(row -> ids.add(longs(row)));

        // When
        float[][] scores = run(name, options, "scores", ids, types ? 3L : null);

        // Then
        for (int row = 0; row < scores.length; row++) {
            double score = types ? 1 / (1 + Math.exp(-scores[row][0])) : scores[row][0];
            assertThat(score)
                    .as("document %d", row)
                    .isCloseTo(golden.path("scores").get(row).asDouble(), within(tolerance));
        }
    }

    @Test
    void shouldNameAModuleItDoesNotKnow() throws Exception {
        // Given
        Path checkpoint = copy("bert-mean");
        Files.writeString(
                checkpoint.resolve("modules.json"),
                "[{\"idx\": 0, \"path\": \"2_LSTM\", \"type\": \"sentence_transformers.models.LSTM\"}]");

        // When, Then
        assertThatThrownBy(() ->
                        OnnxExporter.export(checkpoint, directory.resolve("model"), ExportOptions.of(Precision.FP32)))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("sentence_transformers.models.LSTM is not implemented");
    }

    @Test
    void shouldNameAnActivationItDoesNotKnow() throws Exception {
        // Given
        Path checkpoint = copy("bert-dense");
        Path config = checkpoint.resolve("2_Dense/config.json");
        Files.writeString(config, Files.readString(config).replace("activation.Tanh", "activation.Mish"));

        // When, Then
        assertThatThrownBy(() ->
                        OnnxExporter.export(checkpoint, directory.resolve("model"), ExportOptions.of(Precision.FP32)))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining(
                        "2_Dense/config.json: activation_function torch.nn.modules.activation.Mish is not implemented");
    }

    /** @param separator the token behind which pairs have type 1; null where the graph wants no types */
    private float[][] run(
            String name, ExportOptions options, String output, List<long[]> rows, @Nullable Long separator)
            throws OrtException {
        Path model = directory.resolve("model");
        OnnxExporter.export(TINY.resolve(name), model, options);
        int tokens = rows.stream().mapToInt(row -> row.length).sum();
        LongBuffer ids = LongBuffer.allocate(tokens);
        LongBuffer types = LongBuffer.allocate(tokens);
        for (long[] row : rows) {
            long type = 0;
            for (long id : row) {
                ids.put(id);
                types.put(type);
                type = separator != null && id == separator ? 1 : type;
            }
        }
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        int[] lengths = rows.stream().mapToInt(row -> row.length).toArray();
        try (OrtSession session =
                        environment.createSession(model.resolve("model.onnx").toString());
                OnnxTensor inputIds = OnnxTensor.createTensor(environment, ids.flip(), new long[] {tokens});
                OnnxTensor typeIds = OnnxTensor.createTensor(environment, types.flip(), new long[] {tokens});
                OnnxTensor lengthsTensor =
                        OnnxTensor.createTensor(environment, IntBuffer.wrap(lengths), new long[] {lengths.length})) {
            Map<String, OnnxTensor> inputs = new HashMap<>(Map.of("input_ids", inputIds, "lengths", lengthsTensor));
            if (separator != null) {
                inputs.put("token_type_ids", typeIds);
            }
            try (OrtSession.Result result = session.run(inputs)) {
                return (float[][]) result.get(output).orElseThrow().getValue();
            }
        }
    }

    private Path copy(String name) throws IOException {
        Path to = directory.resolve(name);
        try (Stream<Path> files = Files.walk(TINY.resolve(name))) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(TINY.resolve(name).relativize(file)));
            }
        }
        return to;
    }

    private static boolean normalised(String name) {
        return !name.equals("bert-cls");
    }

    private static Stream<String> names(String kind) throws IOException {
        return goldens()
                .propertyStream()
                .filter(model -> model.getValue().has(kind))
                .map(Map.Entry::getKey);
    }

    private static JsonNode golden(String name) throws IOException {
        return goldens().path(name);
    }

    private static JsonNode goldens() throws IOException {
        return new ObjectMapper()
                .readTree(TINY.resolve("goldens.json").toFile())
                .path("models");
    }

    private static List<long[]> ids(JsonNode cases) {
        List<long[]> ids = new ArrayList<>();
        cases.forEach(each -> ids.add(longs(each.path("input_ids"))));
        return ids;
    }

    private static long[] longs(JsonNode array) {
        long[] longs = new long[array.size()];
        for (int i = 0; i < longs.length; i++) {
            longs[i] = array.get(i).asLong();
        }
        return longs;
    }

    private static float[] floats(JsonNode array) {
        float[] floats = new float[array.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = array.get(i).floatValue();
        }
        return floats;
    }

    private static double cosine(float[] one, float[] other) {
        double dot = 0;
        for (int i = 0; i < one.length; i++) {
            dot += one[i] * other[i];
        }
        return dot;
    }

    private static float[] unit(float[] vector) {
        double length = Math.sqrt(cosine(vector, vector));
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / length);
        }
        return unit;
    }
}
