package io.causalstreams.app.internal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void shouldTakeTheMiddleOfAnOddNumberAndTheMeanOfTheTwoMiddlesOfAnEvenOne() {
        assertThat(Spread.of(3, 1, 2)).isEqualTo(new Spread(1, 2, 3));
        assertThat(Spread.of(4, 1, 2, 3)).isEqualTo(new Spread(1, 2.5, 4));
    }

    @Test
    void shouldTakeQuantilesThatWereMeasured() {
        double[] values = {5, 1, 4, 2, 3};
        assertThat(Spread.quantile(values, 0.5)).isEqualTo(3);
        assertThat(Spread.quantile(values, 0.99)).isEqualTo(5);
    }
}
