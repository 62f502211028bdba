package io.causalstreams.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.export.internal.block.FloatArithmetic;
import io.causalstreams.export.internal.quantization.QuantizedDecoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rotations change how activations are spread, never what is computed. */
class RotationTest {
    @TempDir
    Path directory;

    static Stream<TinyModels.Golden> goldens() throws IOException {
        return TinyModels.all();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void shouldGiveTheOraclesLogitsFromRotatedWeights(TinyModels.Golden golden) throws Exception {
        // Given
        Path model = directory.resolve("model");
        OnnxExporter.export(
                golden.checkpoint(),
                model,
                ExportOptions.of(Precision.FP32),
                decoder -> new PrecisionPlan(QuantizedDecoder.spread(decoder), FloatArithmetic::new));
        try (GraphRunner runner = new GraphRunner(model, 1, 40)) {
            // When
            float[][] logits = runner.prefill(0, 0, golden.inputIds());

            // Then
            for (int position = 0; position < logits.length; position++) {
                assertThat(logits[position])
                        .as("position %d", position)
                        .usingComparatorWithPrecision(1e-3f)
                        .containsExactly(golden.logits()[position]);
            }
        }
    }
}
