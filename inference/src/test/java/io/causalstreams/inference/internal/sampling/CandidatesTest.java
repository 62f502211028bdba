package io.causalstreams.inference.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.causalstreams.inference.testing.Seeds;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The short way to the tokens of top-p leads to those of the long one, or says that it does not know. */
class CandidatesTest {
    private static final int VOCABULARY = 5_000;

    @Test
    void shouldKeepByAnEstimatedSumWhatTheExactSumKeeps() {
        Random random = Seeds.random();
        Candidates quick = new Candidates();
        Candidates exact = new Candidates();
        int known = 0;
        for (int i = 0; i < 2_000; i++) {
            // Given
            float[] logits = row(random);
            float max = logits[Sampler.argMax(logits, VOCABULARY)];
            double temperature = 0.05 + random.nextDouble() * 1.5;
            double topP = random.nextInt(10) == 0 ? 1e-6 : random.nextDouble();

            // When
            if (quick.selectTopP(logits, VOCABULARY, max, temperature, topP)) {
                known++;
                exact.select(logits, VOCABULARY, max, temperature, 0, 0);
                exact.keepTopP(topP);

                // Then
                assertThat(quick.probabilities(VOCABULARY)).isEqualTo(exact.probabilities(VOCABULARY));
                double uniform = random.nextDouble();
                assertThat(quick.draw(uniform)).isEqualTo(exact.draw(uniform));
            }
        }
        assertThat(known).isGreaterThan(1_000);
    }

    @Test
    void shouldNotDecideByAnEstimateWhereTheSetEndsAtTopPItself() {
        float[] logits = new float[VOCABULARY];
        Arrays.fill(logits, -1000);
        logits[3] = 1;
        logits[4] = 1;

        assertThat(new Candidates().selectTopP(logits, VOCABULARY, 1, 1, 0.5)).isFalse();
        assertThat(new Candidates().selectTopP(logits, VOCABULARY, 1, 1, 0.5001))
                .isTrue();
        assertThat(new Candidates().selectTopP(logits, VOCABULARY, 1, 1, 0.4999))
                .isTrue();
    }

    @Test
    void shouldEstimateSumsWithinTheirError() {
        Random random = Seeds.random();
        double largest = 0;
        for (int i = 0; i < 300; i++) {
            // Given
            float[] logits = row(random);
            float max = logits[Sampler.argMax(logits, VOCABULARY)];
            float scale = 0.1f + random.nextFloat() * 10;
            double expected = 0;
            for (float logit : logits) {
                expected += Math.exp((logit - (double) max) * scale);
            }

            // When
            double estimate = RoughSum.ofWeights(logits, VOCABULARY, max, scale, new float[VOCABULARY]);

            // Then
            largest = Math.max(largest, Math.abs(estimate / expected - 1));
        }
        assertThat(largest).isCloseTo(0, within(RoughSum.ERROR));
    }

    /** A bell and a few that stand out, or one of many equal values, far from 0 or near; some masked. */
    private static float[] row(Random random) {
        float step = random.nextInt(4) == 0 ? 1 : 1e-5f;
        double width = random.nextDouble() * 4;
        float centre = (float) (random.nextGaussian() * 20);
        float[] logits = new float[VOCABULARY];
        for (int i = 0; i < VOCABULARY; i++) {
            logits[i] = centre + Math.round(random.nextGaussian() * width / step) * step;
        }
        for (int i = 0; i < random.nextInt(40); i++) {
            logits[random.nextInt(VOCABULARY)] = centre + 4 * (float) width + random.nextFloat() * 8;
        }
        for (int i = 0; i < random.nextInt(2_000); i++) {
            logits[1 + random.nextInt(VOCABULARY - 1)] = Float.NEGATIVE_INFINITY;
        }
        return logits;
    }
}
