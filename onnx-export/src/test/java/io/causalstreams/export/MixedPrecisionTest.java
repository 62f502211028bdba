package io.causalstreams.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An export that keeps its divergence within a limit makes finer what costs the most, and little else. */
class MixedPrecisionTest {
    private static final int BLOCK = 32;
    private static final int HIDDEN = 32;

    @TempDir
    Path directory;

    @Test
    void shouldFindThePlantedSensitiveMatrix() throws Exception {
        // Given: in every block of one matrix a weight so large that four bits leave nothing of the others
        Path checkpoint =
                withOutliers(TinyModels.named("llama-rope-linear-headdim").checkpoint());
        int[] tokens = TinyModels.named("llama-rope-linear-headdim").allIds();
        float[][] expected = expected(checkpoint, tokens);
        double before = divergence(export(checkpoint, Precision.INT4, null), expected, tokens);

        // When
        Path model = export(
                checkpoint, Precision.INT4, new Calibration(before / 2, tokens, expected, MixedPrecisionTest::logits));

        // Then
        JsonNode mixed = new ObjectMapper()
                .readTree(model.resolve("export.json").toFile())
                .path("mixed");
        assertThat(mixed.at("/finer/0").asText()).isEqualTo("layers.1/down");
        assertThat(mixed.path("kl_divergence_before").asDouble()).isEqualTo(before);
        assertThat(divergence(model, expected, tokens))
                .isLessThanOrEqualTo(before / 2)
                .isEqualTo(mixed.path("kl_divergence").asDouble());
    }

    @ParameterizedTest
    @CsvSource({
        "llama-tied, INT8", "gpt2, INT8", "qwen3-moe, INT8", "gemma2, INT8",
        "llama-tied, INT4", "gpt2, INT4", "qwen3-moe, INT4", "gemma2, INT4",
    })
    void shouldKeepTheLimitInEveryKindOfDecoder(String name, Precision precision) throws Exception {
        // Given
        TinyModels.Golden golden = TinyModels.named(name);
        float[][] expected = expected(golden.checkpoint(), golden.allIds());
        Path plain = export(golden.checkpoint(), precision, null);
        double limit = divergence(plain, expected, golden.allIds()) / 2;

        // When
        Path model = export(
                golden.checkpoint(),
                precision,
                new Calibration(limit, golden.allIds(), expected, MixedPrecisionTest::logits));

        // Then
        assertThat(divergence(model, expected, golden.allIds())).isLessThanOrEqualTo(limit);
        assertThat(fingerprint(model)).isNotEqualTo(fingerprint(plain));
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left)
                    .as("no scratch is left")
                    .allMatch(path -> !path.getFileName().toString().startsWith("."));
        }
    }

    @Test
    void shouldExplainWhatWasChosen() throws Exception {
        // Given
        TinyModels.Golden golden = TinyModels.named("llama-tied");
        float[][] expected = expected(golden.checkpoint(), golden.allIds());
        Calibration calibration = new Calibration(1e-4, golden.allIds(), expected, MixedPrecisionTest::logits);

        // When
        String explanation = OnnxExporter.explain(
                golden.checkpoint(), ExportOptions.of(Precision.INT8).withCalibration(calibration));

        // Then
        assertThat(explanation).contains("finer: ").contains("KL divergence on the calibration text");
    }

    private Path export(Path checkpoint, Precision precision, @Nullable Calibration calibration) {
        Path model = directory.resolve(calibration == null ? "plain" : "mixed");
        OnnxExporter.export(checkpoint, model, ExportOptions.of(precision).withCalibration(calibration));
        return model;
    }

    private float[][] expected(Path checkpoint, int... tokens) {
        Path model = directory.resolve("fp32");
        OnnxExporter.export(checkpoint, model, ExportOptions.of(Precision.FP32));
        return logits(model, tokens);
    }

    private static float[][] logits(Path model, int... tokens) {
        try (GraphRunner runner = new GraphRunner(model, 1, 40)) {
            return runner.prefill(0, 0, tokens);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double divergence(Path model, float[][] expected, int... tokens) {
        return new Calibration(1, tokens, expected, MixedPrecisionTest::logits).of(model);
    }

    private static String fingerprint(Path model) throws Exception {
        try (GraphRunner runner = new GraphRunner(model, 1, 40)) {
            return runner.fact("fingerprint");
        }
    }

    /** A copy in which the inputs 0, 32, … of layer 1's down projection are always 0, and their weights large. */
    private Path withOutliers(Path from) throws IOException {
        Path to = Files.createDirectory(directory.resolve("checkpoint"));
        List<Path> files;
        try (Stream<Path> all = Files.list(from)) {
            files = all.toList();
        }
        for (Path file : files) {
            Files.copy(file, to.resolve(file.getFileName()));
        }
        Path weights = to.resolve("model.safetensors");
        set(weights, "model.layers.1.mlp.up_proj.weight", i -> i / HIDDEN % BLOCK == 0, 0);
        set(weights, "model.layers.1.mlp.down_proj.weight", i -> i % BLOCK == 0, 20);
        return to;
    }

    private static void set(Path safetensors, String tensor, IntPredicate which, float value) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(safetensors)).order(ByteOrder.LITTLE_ENDIAN);
        int headerBytes = Math.toIntExact(file.getLong(0));
        JsonNode offsets = new ObjectMapper()
                .readTree(file.array(), Long.BYTES, headerBytes)
                .path(tensor)
                .path("data_offsets");
        int start = Long.BYTES + headerBytes + offsets.path(0).asInt();
        int elements = (offsets.path(1).asInt() - offsets.path(0).asInt()) / Float.BYTES;
        for (int i = 0; i < elements; i++) {
            if (which.test(i)) {
                file.putFloat(start + i * Float.BYTES, value);
            }
        }
        Files.write(safetensors, file.array());
    }
}
