package io.causalstreams.app.internal.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ArrivalsTest {

    @Test
    void shouldArriveAtTheWantedRateInOrderAndTheSameInEveryRun() {
        // Given
        Arrivals arrivals = new Arrivals(10_000, 4, 16, 1);

        // When
        double[] moments = arrivals.moments(0);

        // Then
        assertThat(moments).isSorted().isEqualTo(arrivals.moments(0)).isNotEqualTo(arrivals.moments(1));
        assertThat(moments[9_999] / 10_000).isCloseTo(0.25, within(0.01));
    }

    @Test
    void shouldHaveGapsAsIrregularAsAPoissonProcess() {
        // Given
        double[] moments = new Arrivals(10_000, 4, 16, 7).moments(0);

        // When: a gap is longer than its mean with probability 1/e
        int longer = 0;
        for (int i = 1; i < moments.length; i++) {
            longer += moments[i] - moments[i - 1] > 0.25 ? 1 : 0;
        }

        // Then
        assertThat(longer / 10_000.0).isCloseTo(1 / Math.E, within(0.02));
    }
}
