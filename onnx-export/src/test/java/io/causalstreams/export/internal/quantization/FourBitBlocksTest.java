package io.causalstreams.export.internal.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.export.internal.weight.Weight;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FourBitBlocksTest {
    /** The values of IQ4_NL. */
    private static final int[] UNEVEN = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    private static final float LARGEST_STEP = 0.11f;
    /** Of a step: what counts as on the grid. */
    private static final float ON_GRID = 0.01f;

    private final long seed = Long.getLong("test.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void shouldReadTheGridOffAFourBitMatrix() {
        // Given
        float[] matrix = onEvenGrid(64 * FourBitGrid.BLOCK, random);

        // When
        FourBitBlocks blocks = FourBitBlocks.of(matrix);

        // Then
        assertThat(fit(matrix)).as("seed %d", seed).isEqualTo(FourBitFit.WITH_OFFSETS);
        assertThat(restored(blocks))
                .as("seed %d", seed)
                .usingComparatorWithPrecision(ON_GRID * LARGEST_STEP)
                .containsExactly(matrix);
    }

    @Test
    void shouldNeedNoOffsetsWhereZeroIsOnTheGrid() {
        // Given: as Q4_0, with blocks on one side of zero, of one value and of zeros only.
        float[] matrix = onGridWithZero(64 * FourBitGrid.BLOCK, random);
        for (int i = 0; i < FourBitGrid.BLOCK; i++) {
            matrix[i] = Math.abs(matrix[i]);
            matrix[FourBitGrid.BLOCK + i] = -0.03f;
            matrix[2 * FourBitGrid.BLOCK + i] = 0;
        }

        // When
        FourBitBlocks blocks = FourBitBlocks.of(matrix);

        // Then
        assertThat(fit(matrix)).as("seed %d", seed).isEqualTo(FourBitFit.PLAIN);
        assertThat(blocks.offsets).containsOnly(0);
        assertThat(restored(blocks))
                .as("seed %d", seed)
                .usingComparatorWithPrecision(ON_GRID * LARGEST_STEP)
                .containsExactly(matrix);
    }

    @Test
    void shouldFindOffsetsInAPartOfALargeMatrix() {
        // Given: so large that not every row is looked at; 64 of its 2112 rows are on a grid
        int columns = 16 * FourBitGrid.BLOCK;
        float[] finer = new float[2048 * columns];
        for (int i = 0; i < finer.length; i++) {
            finer[i] = (float) random.nextGaussian();
        }
        Weight large = Weight.stack(List.of(
                new BlockRunner.Matrix(finer, columns),
                new BlockRunner.Matrix(onEvenGrid(64 * columns, random), columns)));

        // When / Then
        assertThat(FourBitFit.of(large)).as("seed %d", seed).isEqualTo(FourBitFit.WITH_OFFSETS);
    }

    @Test
    void shouldRecogniseAnUnevenGrid() {
        // Given
        float[] matrix = new float[64 * FourBitGrid.BLOCK];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = UNEVEN[random.nextInt(UNEVEN.length)] * 0.01f;
        }

        // When
        FourBitFit fit = fit(matrix);

        // Then
        assertThat(fit).as("seed %d", seed).isEqualTo(FourBitFit.UNEVEN);
    }

    @Test
    void shouldRoundFinerMatricesToTheNearestLevels() {
        // Given
        float[] matrix = new float[64 * FourBitGrid.BLOCK];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = random.nextFloat() - 0.3f;
        }

        // When
        FourBitBlocks blocks = FourBitBlocks.of(matrix);

        // Then
        assertThat(fit(matrix)).as("seed %d", seed).isEqualTo(FourBitFit.FINER);
        assertThat(blocks.offsets).containsOnly(0);
        assertThat(restored(blocks))
                .as("seed %d", seed)
                .usingComparatorWithPrecision(0.1f)
                .containsExactly(matrix);
    }

    @Test
    void shouldKeepTheGridOfPartsBesideFinerOnes() {
        // Given: as a stack of two matrices of which only one was quantised to four bits.
        int half = 32 * FourBitGrid.BLOCK;
        float[] matrix = Arrays.copyOf(onEvenGrid(half, random), 2 * half);
        for (int i = half; i < matrix.length; i++) {
            matrix[i] = (float) random.nextGaussian();
        }

        // When
        float[] restored = restored(FourBitBlocks.of(matrix));

        // Then
        assertThat(fit(matrix)).as("seed %d", seed).isEqualTo(FourBitFit.WITH_OFFSETS);
        assertThat(Arrays.copyOf(restored, half))
                .as("seed %d", seed)
                .usingComparatorWithPrecision(ON_GRID * LARGEST_STEP)
                .containsExactly(Arrays.copyOf(matrix, half));
    }

    @Test
    void shouldRoundBlocksThatAreFarFromZeroWithoutAnOffset() {
        // Given
        float[] matrix = new float[FourBitGrid.BLOCK];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = 5 + 0.1f * random.nextInt(16);
        }

        // When
        FourBitBlocks blocks = FourBitBlocks.of(matrix);

        // Then
        assertThat(blocks.offsets).containsOnly(0);
        assertThat(restored(blocks))
                .as("seed %d", seed)
                .usingComparatorWithPrecision(0.5f)
                .containsExactly(matrix);
    }

    /** Blocks with a step and a minimum of their own, as Q4_1 has them. */
    static float[] onEvenGrid(int size, Random random) {
        float[] matrix = new float[size];
        for (int offset = 0; offset < size; offset += FourBitGrid.BLOCK) {
            float step = 0.01f + random.nextFloat() * (LARGEST_STEP - 0.01f);
            float minimum = -step * 15 * random.nextFloat();
            for (int i = 0; i < FourBitGrid.BLOCK; i++) {
                matrix[offset + i] = step * random.nextInt(16) + minimum;
            }
        }
        return matrix;
    }

    /** Blocks with a step of their own and zero in the middle, as Q4_0 has them. */
    static float[] onGridWithZero(int size, Random random) {
        float[] matrix = new float[size];
        for (int offset = 0; offset < size; offset += FourBitGrid.BLOCK) {
            float step = 0.01f + random.nextFloat() * (LARGEST_STEP - 0.01f);
            for (int i = 0; i < FourBitGrid.BLOCK; i++) {
                matrix[offset + i] = step * (random.nextInt(16) - 8);
            }
        }
        return matrix;
    }

    private static FourBitFit fit(float[] matrix) {
        return FourBitFit.of(new BlockRunner.Matrix(matrix, FourBitGrid.BLOCK));
    }

    private static float[] restored(FourBitBlocks blocks) {
        float[] matrix = new float[blocks.steps.length * FourBitGrid.BLOCK];
        for (int i = 0; i < matrix.length; i++) {
            int q = blocks.packed[i / 2] >> (i % 2 * 4) & 15;
            int block = i / FourBitGrid.BLOCK;
            matrix[i] = blocks.steps[block] * (q - blocks.zeroPoints[block]) + blocks.offsets[block];
        }
        return matrix;
    }
}
