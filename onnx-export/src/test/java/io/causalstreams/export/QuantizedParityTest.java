package io.causalstreams.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Eight-bit exports of every family stay close to the oracle, and rows do not disturb each other. */
class QuantizedParityTest {
    /** Nats. Random experts are so different that a router's near tie costs the most here: 0.033. */
    private static final double MAX_DIVERGENCE = 0.05;

    @TempDir
    Path directory;

    static Stream<TinyModels.Golden> goldens() throws IOException {
        return TinyModels.all();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void shouldStayCloseToTheOracleInInt8(TinyModels.Golden golden) throws Exception {
        // Given
        try (GraphRunner runner = exported(golden, 1)) {
            // When
            float[][] logits = runner.prefill(0, 0, golden.inputIds());

            // Then
            assertThat(Divergence.mean(golden.logits(), logits)).isLessThan(MAX_DIVERGENCE);
        }
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void shouldGiveTheSameLogitsTogetherAsAloneInInt8(TinyModels.Golden golden) throws Exception {
        // Given
        int[] ids = golden.inputIds();
        int[] pasts = {3, 9, 6};
        float[][] alone = new float[pasts.length][];
        try (GraphRunner runner = exported(golden, pasts.length)) {
            for (int row = 0; row < pasts.length; row++) {
                runner.prefill(0, 0, Arrays.copyOf(ids, pasts[row]));
                alone[row] = runner.decode(new int[] {ids[pasts[row]]}, pasts[row])[0];
            }
            for (int row = 0; row < pasts.length; row++) {
                runner.prefill(row, 0, Arrays.copyOf(ids, pasts[row]));
            }

            // When
            float[][] together = runner.decode(new int[] {ids[3], ids[9], ids[6]}, pasts);

            // Then
            for (int row = 0; row < pasts.length; row++) {
                assertThat(together[row])
                        .as("row %d", row)
                        .usingComparatorWithPrecision(2e-3f)
                        .containsExactly(alone[row]);
            }
        }
    }

    private GraphRunner exported(TinyModels.Golden golden, int slots) throws Exception {
        Path model = directory.resolve("model");
        OnnxExporter.export(golden.checkpoint(), model, ExportOptions.of(Precision.INT8));
        return new GraphRunner(model, slots, 40);
    }
}
