package io.causalstreams.tuning.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutTest {
    private static final int COUNT = 1_000_001;
    private static final String MODULE = "model.layers.0.self_attn.q_proj";

    @ParameterizedTest
    @ValueSource(doubles = {0.05, 0.1, 0.5, 0.9})
    void shouldDropAsManyAsAskedForAndKeepTheMean(double probability) {
        // When
        float[] factors = new Dropout(probability, 3).factors(MODULE, COUNT);

        // Then: five standard deviations
        int dropped = 0;
        double sum = 0;
        for (float factor : factors) {
            dropped += factor == 0 ? 1 : 0;
            sum += factor;
            assertThat(factor == 0 || factor == (float) (1 / (1 - probability))).isTrue();
        }
        double deviation = Math.sqrt(probability * (1 - probability) / COUNT);
        assertThat((double) dropped / COUNT).isCloseTo(probability, within(5 * deviation));
        assertThat(sum / COUNT).isCloseTo(1, within(5 * deviation / (1 - probability)));
    }

    @Test
    void shouldDropTheSameAgainAndOthersOtherwise() {
        float[] factors = new Dropout(0.5, Dropout.draw(0, 7, 1)).factors(MODULE, COUNT);
        assertThat(new Dropout(0.5, Dropout.draw(0, 7, 1)).factors(MODULE, COUNT))
                .isEqualTo(factors);
        assertThat(alike(factors, new Dropout(0.5, Dropout.draw(0, 7, 2)).factors(MODULE, COUNT)))
                .isCloseTo(0.5, within(3e-3));
        assertThat(alike(factors, new Dropout(0.5, Dropout.draw(0, 8, 1)).factors(MODULE, COUNT)))
                .isCloseTo(0.5, within(3e-3));
        assertThat(alike(factors, new Dropout(0.5, Dropout.draw(1, 7, 1)).factors(MODULE, COUNT)))
                .isCloseTo(0.5, within(3e-3));
        assertThat(alike(
                        factors,
                        new Dropout(0.5, Dropout.draw(0, 7, 1)).factors(MODULE.replace("layers.0", "layers.1"), COUNT)))
                .isCloseTo(0.5, within(3e-3));
    }

    private static double alike(float[] a, float[] b) {
        int alike = 0;
        for (int i = 0; i < a.length; i++) {
            alike += a[i] == b[i] ? 1 : 0;
        }
        return (double) alike / a.length;
    }
}
