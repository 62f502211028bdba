package io.causalstreams.export.internal.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class Int8RowsTest {
    private static final float LARGEST = 128;

    private final long seed = Long.getLong("test.seed", System.nanoTime());

    @Test
    void shouldRoundHalvesUpAsMathDoes() {
        for (float x = -LARGEST; x <= LARGEST; x += 0.5f) {
            for (float near : new float[] {Math.nextDown(x), x, Math.nextUp(x)}) {
                assertThat(Int8Rows.round(near)).as("%s", near).isEqualTo(Math.round(near));
            }
        }
    }

    @Test
    void shouldRoundAnyNumberAsMathDoes() {
        Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            float x = (random.nextFloat() - 0.5f) * 2 * LARGEST;
            assertThat(Int8Rows.round(x)).as("seed %d, %s", seed, x).isEqualTo(Math.round(x));
        }
    }
}
