package io.causalstreams.export.internal.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Quantised products against the same product in double precision. */
class ProductTest {
    private static final int ROWS = 5;
    private static final int INPUTS = 96;
    private static final int OUTPUTS = 40;

    private final long seed = Long.getLong("test.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    Path directory;

    @Test
    void shouldKeepTwoDigitsOfNormalRowsInEightBits() throws Exception {
        // Given
        float[] weight = normal(OUTPUTS * INPUTS);
        float[] x = normal(ROWS * INPUTS);

        // When
        float[] y = run(x, weight, (scope, input, w) -> new FixedStepProduct(4.5).add(scope, input, w));

        // Then
        assertThat(relativeError(y, product(x, weight))).as("seed %d", seed).isLessThan(0.03);
    }

    @Test
    void shouldKeepOutliersApartInBlocks() throws Exception {
        // Given
        float[] weight = normal(OUTPUTS * INPUTS);
        float[] x = normal(ROWS * INPUTS);
        for (int row = 0; row < ROWS; row++) {
            x[row * INPUTS + 7] = 300;
        }
        for (int output = 0; output < OUTPUTS; output++) {
            weight[output * INPUTS + 7] = 0;
        }

        // When
        float[] clipped = run(x, weight, (scope, input, w) -> new FixedStepProduct(300).add(scope, input, w));
        float[] blocks = run(x, weight, BlockProduct::add);

        // Then: only the outlier's own block, a third of the row, is rounded with its step.
        double[] expected = product(x, weight);
        assertThat(relativeError(blocks, expected))
                .as("seed %d", seed)
                .isLessThan(0.75 * relativeError(clipped, expected));
    }

    @ParameterizedTest
    @ValueSource(ints = {96, 192, 384}) // blocks of 32, 64 and 128
    void shouldKeepTwoDigitsOfRowsWithOutliersBySpreadingThem(int inputs) throws Exception {
        // Given
        float[] weight = normal(OUTPUTS * inputs);
        float[] x = normal(ROWS * inputs);
        for (int row = 0; row < ROWS; row++) {
            x[row * inputs + 7 * row] = 30;
        }

        // When
        float[] y = run(x, weight, inputs, new SpreadRowProduct()::add);

        // Then
        assertThat(relativeError(y, product(x, weight, inputs)))
                .as("seed %d", seed)
                .isLessThan(0.02);
    }

    @Test
    void shouldScaleEveryRowByItself() throws Exception {
        // Given: rows of very different sizes
        float[] weight = normal(OUTPUTS * INPUTS);
        float[] x = normal(ROWS * INPUTS);
        for (int i = INPUTS; i < x.length; i++) {
            x[i] *= 1000;
        }

        // When
        float[] together = run(x, weight, new SpreadRowProduct()::add);
        float[] alone = run(Arrays.copyOf(x, INPUTS), weight, new SpreadRowProduct()::add);

        // Then
        assertThat(Arrays.copyOf(together, OUTPUTS)).as("seed %d", seed).containsExactly(alone, Offset.offset(1e-3f));
    }

    @Test
    void shouldGiveZerosForARowOfZeros() throws Exception {
        // Given
        float[] weight = normal(OUTPUTS * INPUTS);

        // When
        float[] fixed =
                run(new float[INPUTS], weight, (scope, input, w) -> new FixedStepProduct(4).add(scope, input, w));
        float[] blocks = run(new float[INPUTS], weight, BlockProduct::add);
        float[] spread = run(new float[INPUTS], weight, new SpreadRowProduct()::add);

        // Then
        assertThat(fixed).containsOnly(0);
        assertThat(spread).containsOnly(0);
        assertThat(blocks).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {96, 192, 384}) // blocks of 32, 64 and 128
    void shouldKeepTwoDigitsInEightBitBlocks(int inputs) throws Exception {
        // Given
        float[] weight = normal(OUTPUTS * inputs);
        float[] x = normal(ROWS * inputs);

        // When
        float[] y = run(x, weight, inputs, BlockProduct::add);

        // Then
        assertThat(relativeError(y, product(x, weight, inputs)))
                .as("seed %d", seed)
                .isLessThan(0.02);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 96, 1056}) // 2, 3 and 33 blocks; those of the offsets are 1, 1 and 2
    void shouldKeepTheGridOfAFourBitCheckpoint(int inputs) throws Exception {
        // Given
        float[] weight = FourBitBlocksTest.onEvenGrid(OUTPUTS * inputs, random);
        float[] x = normal(ROWS * inputs);

        // When
        float[] y = run(x, weight, inputs, fourBits(FourBitFit.WITH_OFFSETS));
        float[] withoutOffsets = run(x, weight, inputs, fourBits(FourBitFit.PLAIN));

        // Then
        double[] expected = product(x, weight, inputs);
        assertThat(relativeError(y, expected)).as("seed %d", seed).isLessThan(0.02);
        assertThat(relativeError(withoutOffsets, expected)).as("seed %d", seed).isGreaterThan(0.02);
    }

    @Test
    void shouldKeepAFourBitGridThatHoldsZero() throws Exception {
        // Given
        float[] weight = FourBitBlocksTest.onGridWithZero(OUTPUTS * INPUTS, random);
        float[] x = normal(ROWS * INPUTS);

        // When
        float[] y = run(x, weight, fourBits(FourBitFit.PLAIN));

        // Then
        assertThat(relativeError(y, product(x, weight))).as("seed %d", seed).isLessThan(0.02);
    }

    @ParameterizedTest
    @CsvSource({"96, 32", "96, 128", "192, 64", "192, 128", "384, 128"}) // of 96 inputs, blocks of 32; of 192, of 64
    void shouldKeepADigitOfFinerWeightsInFourBits(int inputs, int blockSize) throws Exception {
        // Given
        float[] weight = normal(OUTPUTS * inputs);
        float[] x = normal(ROWS * inputs);

        // When
        float[] y = run(x, weight, inputs, fourBits(FourBitFit.FINER, blockSize));

        // Then
        assertThat(relativeError(y, product(x, weight, inputs)))
                .as("seed %d", seed)
                .isLessThan(0.15);
    }

    @Test
    void shouldLoseMoreInLargerBlocks() throws Exception {
        // Given
        int inputs = 1536;
        float[] weight = normal(OUTPUTS * inputs);
        float[] x = normal(ROWS * inputs);
        double[] expected = product(x, weight, inputs);

        // When
        double small = relativeError(run(x, weight, inputs, fourBits(FourBitFit.FINER, 32)), expected);
        double large = relativeError(run(x, weight, inputs, fourBits(FourBitFit.FINER, 128)), expected);

        // Then
        assertThat(large).as("seed %d", seed).isBetween(1.05 * small, 1.6 * small);
    }

    @ParameterizedTest
    @EnumSource(
            value = FourBitFit.class,
            names = {"PLAIN", "WITH_OFFSETS"})
    void shouldKeepACheckpointsGridWhateverTheBlockSize(FourBitFit fit) throws Exception {
        // Given
        int inputs = 384;
        float[] weight = fit == FourBitFit.PLAIN
                ? FourBitBlocksTest.onGridWithZero(OUTPUTS * inputs, random)
                : FourBitBlocksTest.onEvenGrid(OUTPUTS * inputs, random);
        float[] x = normal(ROWS * inputs);

        // When
        float[] asked = run(x, weight, inputs, fourBits(fit, 128));
        float[] usual = run(x, weight, inputs, fourBits(fit, 32));

        // Then
        assertThat(asked).as("seed %d", seed).containsExactly(usual);
    }

    private static BlockRunner.Block fourBits(FourBitFit fit) {
        return fourBits(fit, 32);
    }

    private static BlockRunner.Block fourBits(FourBitFit fit, int blockSize) {
        return (scope, input, weight) -> FourBitProduct.add(scope, input, weight, fit, blockSize);
    }

    private float[] normal(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static double[] product(float[] x, float[] weight) {
        return product(x, weight, INPUTS);
    }

    private static double[] product(float[] x, float[] weight, int inputs) {
        double[] y = new double[x.length / inputs * OUTPUTS];
        for (int i = 0; i < y.length; i++) {
            for (int c = 0; c < inputs; c++) {
                y[i] += (double) x[i / OUTPUTS * inputs + c] * weight[i % OUTPUTS * inputs + c];
            }
        }
        return y;
    }

    /** Root of the mean squared error by root of the mean square. */
    private static double relativeError(float[] actual, double[] expected) {
        double error = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            error += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            size += expected[i] * expected[i];
        }
        return Math.sqrt(error / size);
    }

    private float[] run(float[] x, float[] weight, BlockRunner.Block block) throws Exception {
        return run(x, weight, INPUTS, block);
    }

    private float[] run(float[] x, float[] weight, int inputs, BlockRunner.Block block) throws Exception {
        return new BlockRunner(directory).product(x, weight, inputs, block);
    }
}
