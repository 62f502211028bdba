package io.causalstreams.tuning.internal.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LearningRateTest {
    private final LearningRate rate = new LearningRate(1, 10, 110);

    @Test
    void shouldGoUpInALineAndDownAlongACosine() {
        assertThat(rate.at(0)).isCloseTo(0.1, within(1e-9));
        assertThat(rate.at(9)).isCloseTo(1, within(1e-9));
        assertThat(rate.at(10)).isCloseTo(1, within(1e-9));
        assertThat(rate.at(60)).isCloseTo(0.5, within(1e-9));
        assertThat(rate.at(109)).isCloseTo(0.00024672, within(1e-7));
    }

    @Test
    void shouldBeginAtThePeakWithoutWarmUp() {
        assertThat(new LearningRate(2, 0, 10).at(0)).isEqualTo(2);
    }
}
