package io.causalstreams.inference.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.testing.Seeds;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
    private static final int EOS = 2;

    @Test
    void shouldChooseTheLowestOfEqualsWhenGreedy() {
        assertThat(sample(SamplingParams.greedy(9), 1, 5, 5, 3)).isEqualTo(1);
    }

    @Test
    void shouldReadOnlyItsRow() {
        Logits logits = new Logits(FloatBuffer.wrap(new float[] {9, 0, 0, 0, 9, 0, 0, 0, 9}), 3, 3);
        Sampler sampler = new Sampler(SamplingParams.greedy(9), 0, 0, Set.of(), 3);

        assertThat(IntStream.range(0, 3).map(row -> sampler.sample(logits, row, history(), null)))
                .containsExactly(0, 1, 2);
    }

    @Test
    void shouldApplyBiasBeforeEverythingElse() {
        SamplingParams params = SamplingParams.builder()
                .temperature(0)
                .logitBias(Map.of(3, 100.0, 77, 5.0))
                .build();

        assertThat(sample(params, 1, 5, 4, 3)).isEqualTo(3);
    }

    @Test
    void shouldNotEndBeforeMinTokens() {
        SamplingParams params = SamplingParams.builder()
                .temperature(0)
                .minTokens(2)
                .stopTokenIds(Set.of(3))
                .build();
        Sampler sampler = new Sampler(params, 0, 0, Set.of(EOS), 4);
        TokenHistory history = history();
        Logits logits = row(0, 1, 8, 9);

        assertThat(sampler.sample(logits, 0, history, null)).isEqualTo(1);
        history.append(1);
        assertThat(sampler.sample(logits, 0, history, null)).isEqualTo(1);
        history.append(1);
        assertThat(sampler.sample(logits, 0, history, null)).isEqualTo(3);
    }

    @Test
    void shouldChooseOnlyWhatTheConstraintAllows() {
        Random random = Seeds.random();
        for (int round = 0; round < 500; round++) {
            int vocabulary = 3 + random.nextInt(200);
            BitSet allowed = new BitSet();
            IntStream.range(0, vocabulary)
                    .filter(id -> random.nextInt(3) == 0 && id != EOS)
                    .forEach(allowed::set);
            boolean accepting = random.nextBoolean() || allowed.isEmpty();
            Sampler sampler =
                    new Sampler(SamplingParams.builder().temperature(50).build(), round, 0, Set.of(EOS), vocabulary);

            double[] distribution = sampler.distribution(
                    randomRow(random, vocabulary), 0, history(), new MaskState(allowed, accepting));

            for (int id = 0; id < vocabulary; id++) {
                boolean possible = id == EOS ? accepting : allowed.get(id);
                assertThat(distribution[id] > 0).as("token %d", id).isEqualTo(possible);
            }
        }
    }

    @Test
    void shouldLetACompleteTextEndBeforeMinTokens() {
        SamplingParams params =
                SamplingParams.builder().temperature(0).minTokens(5).build();
        Sampler sampler = new Sampler(params, 0, 0, Set.of(EOS), 4);

        assertThat(sampler.sample(row(9, 9, 0, 9), 0, history(), new MaskState(new BitSet(), true)))
                .isEqualTo(EOS);
    }

    @Test
    void shouldPenalizeRepetitionInThePromptButPresenceOnlyInTheCompletion() {
        TokenHistory history = new TokenHistory(new int[] {0, 0, 1});
        history.append(1);
        history.append(1);
        SamplingParams params = SamplingParams.builder()
                .repetitionPenalty(2)
                .presencePenalty(1)
                .frequencyPenalty(0.5)
                .build();
        Sampler sampler = new Sampler(params, 0, 0, Set.of(), 3);

        double[] distribution = sampler.distribution(row(4, 8, 2), 0, history, null);

        // logits become 4/2, 8/2 - 1 - 2*0.5 and 2
        assertThat(distribution[0]).isCloseTo(1 / 3.0, within(1e-9));
        assertThat(distribution[1]).isCloseTo(1 / 3.0, within(1e-9));
    }

    @Test
    void shouldDrawAsOftenAsTheDistributionSays() {
        Sampler sampler = new Sampler(SamplingParams.builder().build(), 7, 0, Set.of(), 4);
        Logits logits = row(1, 2, 3, 0);
        double[] distribution = sampler.distribution(logits, 0, history(), null);
        TokenHistory history = history();
        int[] counts = new int[4];
        int draws = 40_000;
        for (int i = 0; i < draws; i++) {
            int token = sampler.sample(logits, 0, history, null);
            counts[token]++;
            history.append(token);
        }
        for (int id = 0; id < 4; id++) {
            double deviation = Math.sqrt(distribution[id] * (1 - distribution[id]) / draws);
            assertThat(counts[id] / (double) draws).isCloseTo(distribution[id], within(5 * deviation));
        }
    }

    @Test
    void shouldContinueFromAnyPrefixWithTheSameTokens() {
        Random random = Seeds.random();
        int vocabulary = 500;
        Logits[] steps = IntStream.range(0, 40)
                .mapToObj(i -> randomRow(random, vocabulary))
                .toArray(Logits[]::new);
        SamplingParams params = SamplingParams.builder()
                .topP(0.95)
                .topK(100)
                .repetitionPenalty(1.1)
                .frequencyPenalty(0.1)
                .build();
        int[] whole = run(params, steps, new int[0]);
        for (int resumed = 0; resumed <= steps.length; resumed++) {
            assertThat(run(params, steps, Arrays.copyOf(whole, resumed))).isEqualTo(whole);
        }
    }

    private static int[] run(SamplingParams params, Logits[] steps, int[] resumeFrom) {
        Sampler sampler = new Sampler(params, 11, 3, Set.of(), steps[0].vocabulary());
        TokenHistory history = new TokenHistory(new int[] {5, 6});
        IntStream.of(resumeFrom).forEach(history::append);
        for (int step = resumeFrom.length; step < steps.length; step++) {
            history.append(sampler.sample(steps[step], 0, history, null));
        }
        return history.completionTokens();
    }

    @Test
    void shouldGiveChoicesAndSeedsStreamsOfTheirOwn() {
        Logits logits = row(new float[50]);
        SamplingParams params = SamplingParams.builder().build();

        int[] choices = IntStream.range(0, 40)
                .map(choice -> new Sampler(params, 1, choice, Set.of(), 50).sample(logits, 0, history(), null))
                .distinct()
                .toArray();
        int[] seeds = IntStream.range(0, 40)
                .map(seed -> new Sampler(params, seed, 0, Set.of(), 50).sample(logits, 0, history(), null))
                .distinct()
                .toArray();

        assertThat(choices).hasSizeGreaterThan(15);
        assertThat(seeds).hasSizeGreaterThan(15);
    }

    @Test
    void shouldFilterLargeVocabulariesAsASortWould() {
        Random random = Seeds.random();
        for (int round = 0; round < 200; round++) {
            int vocabulary = 1 + random.nextInt(3_000);
            Logits logits = randomRow(random, vocabulary);
            int topK = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(vocabulary + 10);
            double topP = random.nextInt(4) == 0 ? 1 : Math.max(1e-6, random.nextDouble());
            double minP = random.nextInt(2) == 0 ? 0 : random.nextDouble() * 0.2;
            SamplingParams params =
                    SamplingParams.builder().topK(topK).topP(topP).minP(minP).build();

            double[] actual = new Sampler(params, 0, 0, Set.of(), vocabulary).distribution(logits, 0, history(), null);

            assertThat(actual)
                    .as("top_k %d top_p %s min_p %s of %d", topK, topP, minP, vocabulary)
                    .usingComparatorWithPrecision(1e-9)
                    .containsExactly(bySorting(logits, topK, topP, minP));
        }
    }

    private static double[] bySorting(Logits logits, int topK, double topP, double minP) {
        Integer[] order = IntStream.range(0, logits.vocabulary())
                .boxed()
                .sorted((a, b) ->
                        Float.compare(logits.buffer().get(b), logits.buffer().get(a)))
                .toArray(Integer[]::new);
        double[] weights = new double[order.length];
        int kept = topK == 0 ? order.length : Math.min(topK, order.length);
        while (kept < order.length
                && logits.buffer().get(order[kept]) == logits.buffer().get(order[kept - 1])) {
            kept++;
        }
        double total = 0;
        for (int i = 0; i < kept; i++) {
            weights[order[i]] = Math.exp(
                    (double) logits.buffer().get(order[i]) - logits.buffer().get(order[0]));
            total += weights[order[i]];
        }
        double above = 0;
        double sum = 0;
        for (int id : order) {
            boolean inNucleus = topP >= 1 || above < topP * total;
            above += weights[id];
            weights[id] = inNucleus && weights[id] >= minP ? weights[id] : 0;
            sum += weights[id];
        }
        for (int id = 0; id < weights.length; id++) {
            weights[id] /= sum;
        }
        return weights;
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void shouldRefuseLogitsThatAreNotNumbers(float broken) {
        assertThatThrownBy(() -> sample(SamplingParams.greedy(9), 1, broken, 3))
                .isInstanceOf(SamplingException.class)
                .hasMessageContaining("token 1");
        assertThatThrownBy(() -> sample(SamplingParams.builder().build(), 1, broken, 3))
                .isInstanceOf(SamplingException.class);
    }

    @Test
    void shouldSayThatNothingIsLeft() {
        float masked = Float.NEGATIVE_INFINITY;

        assertThatThrownBy(() -> sample(SamplingParams.greedy(9), masked, masked))
                .isInstanceOf(SamplingException.class)
                .hasMessageContaining("every token is masked");
    }

    @Test
    void shouldNeverChooseThePaddingOfTheHead() {
        Sampler sampler = new Sampler(SamplingParams.greedy(9), 0, 0, Set.of(), 2);

        assertThat(sampler.sample(row(1, 2, 9, Float.NaN), 0, history(), null)).isEqualTo(1);
    }

    @Test
    void shouldStayFiniteAtTinyTemperatures() {
        SamplingParams params = SamplingParams.builder().temperature(1e-30).build();

        assertThat(sample(params, 100, 101, -100)).isEqualTo(1);
    }

    private static int sample(SamplingParams params, float... logits) {
        return new Sampler(params, 0, 0, Set.of(), logits.length).sample(row(logits), 0, history(), null);
    }

    private static TokenHistory history() {
        return new TokenHistory(new int[0]);
    }

    private static Logits row(float... values) {
        return new Logits(FloatBuffer.wrap(values), 1, values.length);
    }

    private static Logits randomRow(Random random, int vocabulary) {
        float[] values = new float[vocabulary];
        for (int i = 0; i < vocabulary; i++) {
            values[i] = (float) (random.nextGaussian() * 4);
        }
        return row(values);
    }
}
