package io.causalstreams.export.internal.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
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
        float[] rows = new BlockRunner(directory).embedding(ids, table, HIDDEN, Int8Table::embed);

        // Then
        assertThat(rows).hasSize(2 * 3 * HIDDEN);
        for (int i = 0; i < rows.length; i++) {
            int token = (int) ids[i / HIDDEN / 3][i / HIDDEN % 3];
            assertThat(rows[i])
                    .as("seed %d, token %d, channel %d", seed, token, i % HIDDEN)
                    .isCloseTo(table[token * HIDDEN + i % HIDDEN], within(0.501f * largest[token] / 127));
        }
    }
}
