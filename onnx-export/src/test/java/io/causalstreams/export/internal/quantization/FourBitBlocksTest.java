package io.causalstreams.export.internal.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FourBitBlocksTest {
    /** The values of IQ4_NL. */
    private static final int[] UNEVEN = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    private final long seed = Long.getLong("test.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void shouldReadTheGridOffAFourBitMatrix() {
        // Given
        float[] matrix = onEvenGrid(64 * FourBitBlocks.BLOCK, random);

        // When
        FourBitBlocks blocks = FourBitBlocks.of(matrix);

        // Then
        assertThat(FourBitBlocks.origin(matrix)).as("seed %d", seed).isEqualTo(FourBitBlocks.Origin.EVEN_GRID);
        assertThat(restored(blocks))
                .as("seed %d", seed)
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(matrix);
    }

    @Test
    void shouldRecogniseAnUnevenGrid() {
        // Given
        float[] matrix = new float[64 * FourBitBlocks.BLOCK];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = UNEVEN[random.nextInt(UNEVEN.length)] * 0.01f;
        }

        // When
        FourBitBlocks.Origin origin = FourBitBlocks.origin(matrix);

        // Then
        assertThat(origin).as("seed %d", seed).isEqualTo(FourBitBlocks.Origin.UNEVEN_GRID);
    }

    @Test
    void shouldRoundFinerMatricesToTheNearestLevels() {
        // Given
        float[] matrix = new float[64 * FourBitBlocks.BLOCK];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = random.nextFloat();
        }

        // When
        float[] restored = restored(FourBitBlocks.of(matrix));

        // Then
        assertThat(FourBitBlocks.origin(matrix)).isEqualTo(FourBitBlocks.Origin.FINER);
        assertThat(restored)
                .as("seed %d", seed)
                .usingComparatorWithPrecision(0.06f)
                .containsExactly(matrix);
    }

    /** Blocks with a step and a minimum of their own, as Q4_1 has them. */
    static float[] onEvenGrid(int size, Random random) {
        float[] matrix = new float[size];
        for (int offset = 0; offset < size; offset += FourBitBlocks.BLOCK) {
            float step = 0.01f + random.nextFloat() * 0.1f;
            float minimum = -step * 15 * random.nextFloat();
            for (int i = 0; i < FourBitBlocks.BLOCK; i++) {
                matrix[offset + i] = step * random.nextInt(16) + minimum;
            }
        }
        return matrix;
    }

    private static float[] restored(FourBitBlocks blocks) {
        float[] matrix = new float[blocks.steps.length * FourBitBlocks.BLOCK];
        for (int i = 0; i < matrix.length; i++) {
            int q = blocks.packed[i / 2] >> (i % 2 * 4) & 15;
            int block = i / FourBitBlocks.BLOCK;
            matrix[i] = blocks.steps[block] * q + blocks.minima[block];
        }
        return matrix;
    }
}
