package io.causalstreams.inference.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.testing.Seeds;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a row's best tokens decide is what the whole row decides. */
class BestTokensTest {
    private static final int VOCABULARY = 300;

    private final AtomicInteger fetched = new AtomicInteger();

    @Test
    void shouldChooseOfTheBestTokensAsOfTheWholeRow() {
        Random random = Seeds.random();
        for (int i = 0; i < 20_000; i++) {
            // Given
            SamplingParams params = params(random);
            Logits whole = row(random);
            double error = (random.nextDouble() - 0.5) * 1e-4;
            Logits best = BestRows.of(whole, 1 + random.nextInt(40), random, fetched, error);
            Sampler sampler = new Sampler(params, i, 0, Set.of(2), VOCABULARY - random.nextInt(3));
            TokenConstraint.State constraint = random.nextInt(4) == 0 ? some(random) : null;

            // Then
            assertThat(sampler.sample(best, 0, history(), constraint))
                    .as("%s", params)
                    .isEqualTo(sampler.sample(whole, 0, history(), constraint));
        }
        assertThat(fetched).hasValueBetween(1_000, 19_000);
    }

    /** A temperature of 1 is what sums are given for; below it they are bounds. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 0.8, 0.3})
    void shouldDecideMostNucleusesOfPeakedRowsWithoutTheRow(double temperature) {
        Random random = Seeds.random();
        for (int i = 0; i < 2_000; i++) {
            // Given
            SamplingParams params = SamplingParams.builder()
                    .temperature(temperature)
                    .topP(0.5 + random.nextDouble() * 0.45)
                    .minP(random.nextInt(3) == 0 ? 0.05 : 0)
                    .build();
            Logits whole = peaked(random);
            Logits best = BestRows.of(whole, 64, random, fetched);
            Sampler sampler = new Sampler(params, i, 0, Set.of(), VOCABULARY);

            // Then
            assertThat(sampler.sample(best, 0, history(), null)).isEqualTo(sampler.sample(whole, 0, history(), null));
        }
        assertThat(fetched).hasValueLessThan(500);
    }

    @Test
    void shouldFetchRowsWhoseNucleusTheBestTokensDoNotDecide() {
        // Given: e^0 twice of three known, and 297 that are hardly less likely
        float[] flat = new float[VOCABULARY];
        Arrays.fill(flat, -0.1f);
        flat[3] = 0;
        flat[8] = 0;

        // When
        SamplingParams half = SamplingParams.builder().topP(0.5).build();
        sample(half, 3, flat);
        sample(SamplingParams.builder().topP(0.5).temperature(1.2).build(), 3, 1, 9, 1, 2);

        // Then
        assertThat(fetched).hasValue(2);
    }

    /** The first token has a share of 0.62 of what can be chosen, and of 0.56 of the whole row. */
    @Test
    void shouldNotCountOnTokensThatCannotBeChosen() {
        Logits whole = row(logarithms(0.62, 0.2, 0.1, 0.05, 0.03, 0.05, 0.05));
        SamplingParams params = SamplingParams.builder().topP(0.6).build();
        for (int seed = 0; seed < 100; seed++) {
            Logits best = BestRows.of(whole, 6, new Random(seed), fetched);
            Sampler sampler = new Sampler(params, seed, 0, Set.of(), 5);

            assertThat(sampler.sample(best, 0, history(), null)).isEqualTo(sampler.sample(whole, 0, history(), null));
        }
    }

    @ParameterizedTest
    @CsvSource({"0.60001, -5e-5", "0.59999, 5e-5"})
    void shouldNotTakeASumForExact(double topP, double error) {
        Logits whole = row(logarithms(0.6, 0.3, 0.05, 0.03, 0.01, 0.01));
        SamplingParams params = SamplingParams.builder().topP(topP).build();
        for (int seed = 0; seed < 100; seed++) {
            Logits best = BestRows.of(whole, 4, new Random(seed), fetched, error);
            Sampler sampler = new Sampler(params, seed, 0, Set.of(), 6);

            assertThat(sampler.sample(best, 0, history(), null)).isEqualTo(sampler.sample(whole, 0, history(), null));
        }
    }

    @Test
    void shouldFetchNothingThatTheBestTokensDecide() {
        SamplingParams topK =
                SamplingParams.builder().topK(3).topP(0.9).minP(0.01).build();
        sample(SamplingParams.greedy(9), 4, 1, 7, 5, 6);
        sample(topK, 4, 1, 7, 5, 6);

        assertThat(fetched).hasValue(0);
    }

    @Test
    void shouldFetchRowsThatTheBestTokensDoNotDecide() {
        assertThat(sample(SamplingParams.greedy(9), 2, 1, 7, 7, 7)).isEqualTo(1);
        sample(SamplingParams.builder().topK(4).build(), 4, 1, 7, 5, 6);
        sample(SamplingParams.builder().build(), 4, 1, 7, 5, 6);

        assertThat(fetched).hasValue(3);
    }

    @Test
    void shouldFetchNothingForGreedyChoicesUnderAConstraintOrPenalties() {
        Random random = Seeds.random();
        for (int i = 0; i < 200; i++) {
            // Given: a mask that leaves half of the tokens
            SamplingParams params = SamplingParams.builder()
                    .temperature(0)
                    .minTokens(9)
                    .repetitionPenalty(1.1)
                    .build();
            Logits best = BestRows.of(peaked(random), 64, random, fetched);

            // When
            new Sampler(params, i, 0, Set.of(2), VOCABULARY).sample(best, 0, history(), some(random));
        }

        // Then
        assertThat(fetched).hasValue(0);
    }

    @Test
    void shouldFindWhatIsNoNumber() {
        assertThatThrownBy(() -> sample(SamplingParams.greedy(9), 2, 1, Float.NaN, 7, 7))
                .isInstanceOf(SamplingException.class)
                .hasMessage("the logit of token 1 is NaN");
        assertThatThrownBy(() -> sample(SamplingParams.greedy(9), 2, 1, 5, Float.POSITIVE_INFINITY, 7))
                .isInstanceOf(SamplingException.class)
                .hasMessage("the logit of token 2 is infinite");
    }

    private int sample(SamplingParams params, int count, float... logits) {
        Logits best = BestRows.of(row(logits), count, new Random(1), fetched);
        return new Sampler(params, 0, 0, Set.of(), logits.length).sample(best, 0, history(), null);
    }

    /** A place where about half of all tokens may follow. */
    private static MaskState some(Random random) {
        BitSet allowed = new BitSet();
        random.ints(VOCABULARY, 3, VOCABULARY - 3).forEach(allowed::set);
        return new MaskState(allowed, random.nextBoolean());
    }

    private static SamplingParams params(Random random) {
        SamplingParams.Builder builder = SamplingParams.builder()
                .temperature(random.nextInt(3) == 0 ? 0 : 0.1 + random.nextDouble() * 2)
                .topK(random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(30));
        if (random.nextBoolean()) {
            builder.topP(0.01 + random.nextDouble() * 0.99);
        }
        if (random.nextInt(3) == 0) {
            builder.minP(random.nextDouble());
        }
        if (random.nextInt(10) == 0) {
            builder.minTokens(random.nextInt(4));
        }
        if (random.nextInt(10) == 0) {
            builder.repetitionPenalty(random.nextInt(4) == 0 ? 0.8 : 1.3);
        }
        if (random.nextInt(10) == 0) {
            builder.presencePenalty(random.nextDouble() * 3 - 1).frequencyPenalty(random.nextDouble() * 3 - 1);
        }
        if (random.nextInt(10) == 0) {
            builder.ignoreEos(true).stopTokenIds(Set.of(random.nextInt(VOCABULARY)));
        }
        if (random.nextInt(10) == 0) {
            builder.logitBias(Map.of(random.nextInt(VOCABULARY), 5.0));
        }
        return builder.build();
    }

    /** Of few different values in half of all cases, so that many are equal. */
    private static Logits row(Random random) {
        float step = random.nextBoolean() ? 1 : 1e-4f;
        float[] logits = new float[VOCABULARY];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = Math.round(random.nextGaussian() * 4 / step) * step;
        }
        return row(logits);
    }

    private static float[] logarithms(double... probabilities) {
        float[] logits = new float[probabilities.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) Math.log(probabilities[i]);
        }
        return logits;
    }

    /** As a model that knows what comes next. */
    private static Logits peaked(Random random) {
        float[] logits = new float[VOCABULARY];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextGaussian();
        }
        for (int likely = 0; likely < 12; likely++) {
            logits[random.nextInt(VOCABULARY)] = 14 - likely * random.nextFloat();
        }
        return row(logits);
    }

    private static Logits row(float... logits) {
        return new Logits(FloatBuffer.wrap(logits), 1, logits.length);
    }

    private static TokenHistory history() {
        TokenHistory history = new TokenHistory(new int[] {5, 9});
        history.append(7);
        history.append(9);
        return history;
    }
}
