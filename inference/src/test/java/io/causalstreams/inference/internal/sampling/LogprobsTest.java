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
