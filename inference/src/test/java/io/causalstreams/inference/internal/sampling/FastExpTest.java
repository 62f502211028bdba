package io.causalstreams.inference.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.testing.Seeds;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FastExpTest {
    private static final int COUNT = 1_000_000;

    @Test
    void shouldBeAccurateWhereAProbabilityMatters() {
        assertThat(worstError(-40)).isLessThan(2e-13);
        assertThat(worstError(-103)).isLessThan(4e-12);
    }

    @Test
    void shouldBeOneAtZeroAndNextToNothingFarBelow() {
        double[] values = {0, -0.0, -701, -1e300, Double.NEGATIVE_INFINITY, -1};

        FastExp.ofNonPositive(values, 5);

        assertThat(values).startsWith(1, 1).endsWith(-1);
        assertThat(values[2]).isBetween(0.0, 1e-303);
        assertThat(values[3]).isEqualTo(values[2]);
        assertThat(values[4]).isEqualTo(values[2]);
    }

    private static double worstError(double least) {
        Random random = Seeds.random();
        double[] x = random.doubles(COUNT, least, 0).toArray();
        double[] values = x.clone();
        FastExp.ofNonPositive(values, COUNT);
        double worst = 0;
        for (int i = 0; i < COUNT; i++) {
            double exact = StrictMath.exp(x[i]);
            worst = Math.max(worst, Math.abs(values[i] - exact) / exact);
        }
        return worst;
    }
}
