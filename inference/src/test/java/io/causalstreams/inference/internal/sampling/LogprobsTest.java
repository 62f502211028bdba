package io.causalstreams.inference.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.causalstreams.inference.TokenLogprob;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.text.HuggingFaceTokenizer;
import io.causalstreams.inference.internal.text.Tokenizer;
import io.causalstreams.inference.testing.Resources;
import io.causalstreams.inference.testing.Seeds;
import java.nio.FloatBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LogprobsTest {
    private static Tokenizer tokenizer;

    @BeforeAll
    static void open() {
        tokenizer = HuggingFaceTokenizer.open(Resources.directory("tokenizers/bytes"));
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void shouldGiveTheLogSoftmaxOfTheRow() {
        Logits logits = new Logits(FloatBuffer.wrap(new float[] {0, 0, 0, 1, 2, 3}), 2, 3);

        TokenLogprob logprob = Logprobs.of(logits, 1, 1, 2, tokenizer);

        double logSumExp = Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3));
        assertThat(logprob.logprob()).isCloseTo(2 - logSumExp, within(1e-12));
        assertThat(logprob.rank()).isEqualTo(2);
        assertThat(logprob.alternatives())
                .extracting(TokenLogprob.Alternative::tokenId)
                .containsExactly(2, 1);
        assertThat(Logprobs.logprob(logits, 1, 1)).isEqualTo(logprob.logprob());
    }

    @Test
    void shouldSayOfBestTokensWhatTheWholeRowSays() {
        Random random = Seeds.random();
        AtomicInteger fetched = new AtomicInteger();
        Comparator<Double> close =
                (a, b) -> Math.abs(a - b) < 4e-6 ? 0 : Double.compare(a, b); // roundings of a sum in fp32
        for (int round = 0; round < 2_000; round++) {
            // Given: many equals in half of all cases
            float step = random.nextBoolean() ? 1 : 1e-4f;
            float[] row = new float[200];
            for (int id = 0; id < row.length; id++) {
                row[id] = Math.round(random.nextGaussian() * 4 / step) * step;
            }
            Logits whole = new Logits(FloatBuffer.wrap(row), 1, row.length);
            Logits best = BestRows.of(whole, 1 + random.nextInt(64), random, fetched);
            int alternatives = random.nextInt(21);
            int token = random.nextInt(4) == 0 ? random.nextInt(row.length) : Sampler.argMax(row, row.length);

            // When
            TokenLogprob actual = Logprobs.of(best, 0, token, alternatives, tokenizer);

            // Then
            assertThat(actual)
                    .usingRecursiveComparison()
                    .withComparatorForType(close, Double.class)
                    .isEqualTo(Logprobs.of(whole, 0, token, alternatives, tokenizer));
        }
        assertThat(fetched).hasValueBetween(200, 1_800);
    }

    @Test
    void shouldStayFiniteForLargeLogits() {
        Logits logits = new Logits(FloatBuffer.wrap(new float[] {3e38f, 3e38f, -3e38f}), 1, 3);

        assertThat(Logprobs.logprob(logits, 0, 0)).isCloseTo(Math.log(0.5), within(1e-12));
    }

    @Test
    void shouldRankEqualsByIdLikeTheAlternatives() {
        Random random = Seeds.random();
        for (int round = 0; round < 300; round++) {
            float[] values = new float[200];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextInt(30);
            }
            Logits logits = new Logits(FloatBuffer.wrap(values), 1, values.length);
            List<Integer> order = IntStream.range(0, values.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(id -> -values[id]))
                    .toList();
            int token = random.nextInt(values.length);

            TokenLogprob logprob = Logprobs.of(logits, 0, token, 20, tokenizer);

            assertThat(logprob.rank()).isEqualTo(order.indexOf(token) + 1);
            assertThat(logprob.alternatives())
                    .extracting(TokenLogprob.Alternative::tokenId)
                    .isEqualTo(order.subList(0, 20));
        }
    }

    @Test
    void shouldRefuseNaN() {
        Logits logits = new Logits(FloatBuffer.wrap(new float[] {0, Float.NaN}), 1, 2);

        assertThatThrownBy(() -> Logprobs.logprob(logits, 0, 0)).isInstanceOf(SamplingException.class);
    }
}
