package io.causalstreams.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Exports of every family compute what transformers computes. */
class FamilyParityTest {
    private static final float TOLERANCE = 1e-3f;

    @TempDir
    Path directory;

    static Stream<TinyModels.Golden> goldens() throws IOException {
        return TinyModels.all();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void shouldGiveTheOraclesLogitsInOnePass(TinyModels.Golden golden) throws Exception {
        // Given
        try (GraphRunner model = exported(golden, 1)) {
            // When
            float[][] logits = model.prefill(0, 0, golden.inputIds());

            // Then
            for (int position = 0; position < logits.length; position++) {
                assertClose(logits[position], golden.logits()[position], "position " + position);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void shouldDecodeTheOraclesTokensFromTheCache(TinyModels.Golden golden) throws Exception {
        // Given
        try (GraphRunner model = exported(golden, 1)) {
            int past = golden.inputIds().length;
            float[] logits = model.prefill(0, 0, golden.inputIds())[past - 1];
            int[] greedy = new int[golden.clearSteps()];

            // When
            for (int step = 0; step < greedy.length; step++) {
                greedy[step] = TinyModels.argmax(logits);
                logits = model.decode(new int[] {golden.greedyIds()[step]}, past++)[0];
            }

            // Then
            assertThat(greedy).isEqualTo(Arrays.copyOf(golden.greedyIds(), greedy.length));
        }
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void shouldGiveTheOraclesLogitsAfterChunksAndSteps(TinyModels.Golden golden) throws Exception {
        // Given
        int[] ids = golden.allIds();
        try (GraphRunner model = exported(golden, 1)) {
            model.prefill(0, 0, Arrays.copyOfRange(ids, 0, 5));
            model.prefill(0, 5, Arrays.copyOfRange(ids, 5, 6));
            model.prefill(0, 6, Arrays.copyOfRange(ids, 6, 17));
            for (int past = 17; past < 27; past++) {
                model.decode(new int[] {ids[past]}, past);
            }

            // When
            float[] logits = model.decode(new int[] {ids[27]}, 27)[0];

            // Then
            assertClose(logits, golden.lastLogits(), "last position");
        }
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void shouldDecodeRowsOfDifferentLengthsTogetherAsAlone(TinyModels.Golden golden) throws Exception {
        // Given
        int[] ids = golden.allIds();
        int[] pasts = {3, 20, 11};
        float[][] alone = new float[pasts.length][];
        try (GraphRunner model = exported(golden, pasts.length)) {
            for (int row = 0; row < pasts.length; row++) {
                model.prefill(0, 0, Arrays.copyOf(ids, pasts[row]));
                alone[row] = model.decode(new int[] {ids[pasts[row]]}, pasts[row])[0];
            }
            for (int row = 0; row < pasts.length; row++) {
                model.prefill(row, 0, Arrays.copyOf(ids, pasts[row]));
            }

            // When
            float[][] together = model.decode(new int[] {ids[3], ids[20], ids[11]}, pasts);

            // Then
            for (int row = 0; row < pasts.length; row++) {
                assertThat(together[row])
                        .as("row %d", row)
                        .usingComparatorWithPrecision(1e-4f)
                        .containsExactly(alone[row]);
            }
        }
    }

    private GraphRunner exported(TinyModels.Golden golden, int slots) throws Exception {
        Path model = directory.resolve("model");
        OnnxExporter.export(golden.checkpoint(), model, ExportOptions.of(Precision.FP32));
        return new GraphRunner(model, slots, 40);
    }

    private static void assertClose(float[] actual, float[] expected, String where) {
        assertThat(actual).as(where).hasSameSizeAs(expected);
        for (int token = 0; token < expected.length; token++) {
            assertThat(actual[token]).as("%s, token %d", where, token).isCloseTo(expected[token], within(TOLERANCE));
        }
    }
}
