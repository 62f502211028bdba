package io.causalstreams.inference.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.causalstreams.inference.testing.Seeds;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FastExpTest {

    @Test
    void shouldDifferFromTheExactValueInTheLastPlacesOnly() {
        Random random = Seeds.random();
        double worst = 0;
        for (int i = 0; i < 2_000_000; i++) {
            double x = -700 * random.nextDouble() * random.nextDouble();
            double exact = StrictMath.exp(x);

            double error = Math.abs(FastExp.ofNonPositive(x) - exact) / exact;

            worst = Math.max(worst, error);
        }
        // StrictMath itself is allowed one unit in the last place, 2.2e-16.
        assertThat(worst).isLessThan(6e-16);
    }

    @Test
    void shouldBeAccurateWhereTheTableTurnsOver() {
        double step = Math.log(2) / 256;
        for (int multiple = 0; multiple < 200_000; multiple++) {
            for (double offset : new double[] {-0.5, -1e-9, 0, 1e-9, 0.5}) {
                double x = Math.min(0, -(multiple + offset) * step);

                assertThat(FastExp.ofNonPositive(x)).isCloseTo(StrictMath.exp(x), withinPercentage(6e-14));
            }
        }
    }

    @Test
    void shouldBeOneAtZeroAndNothingFarBelow() {
        assertThat(FastExp.ofNonPositive(0)).isEqualTo(1);
        assertThat(FastExp.ofNonPositive(-0.0)).isEqualTo(1);
        assertThat(FastExp.ofNonPositive(-701)).isZero();
        assertThat(FastExp.ofNonPositive(-1e300)).isZero();
        assertThat(FastExp.ofNonPositive(Double.NEGATIVE_INFINITY)).isZero();
    }
}
