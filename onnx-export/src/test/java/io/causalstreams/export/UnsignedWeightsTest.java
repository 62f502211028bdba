package io.causalstreams.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On x86 without VNNI the engine asks ONNX Runtime to make signed weights unsigned: another way to the same numbers. */
class UnsignedWeightsTest {
    private static final Map<String, String> UNSIGNED = Map.of("session.x64quantprecision", "1");

    @TempDir
    Path directory;

    @Test
    void shouldGiveTheSameLogitsWithUnsignedWeights() throws Exception {
        // Given
        TinyModels.Golden golden = TinyModels.all().findFirst().orElseThrow();
        Path model = directory.resolve("model");
        OnnxExporter.export(golden.checkpoint(), model, ExportOptions.of(Precision.INT8));
        float[][] signed;
        try (GraphRunner runner = new GraphRunner(model, 1, 40)) {
            signed = runner.prefill(0, 0, golden.inputIds());
        }

        // When
        float[][] unsigned;
        try (GraphRunner runner = new GraphRunner(model, 1, 40, UNSIGNED)) {
            unsigned = runner.prefill(0, 0, golden.inputIds());
        }

        // Then
        assertThat(Divergence.mean(signed, unsigned)).isLessThan(1e-6);
    }
}
