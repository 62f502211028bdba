package io.causalstreams.inference.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.TestVocabulary;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenStopTest {
    private static final int EOS = 2;
    private static final TokenStop.Stop BY_EOS = new TokenStop.Stop(FinishReason.STOP, null);
    private static final TokenStop.Stop BY_LENGTH = new TokenStop.Stop(FinishReason.LENGTH, null);

    @Test
    void shouldStopAtEndOfSequence() {
        TokenStop stop = stop(SamplingParams.builder(), 10);

        assertThat(stop.after(7, 1, null)).isNull();
        assertThat(stop.after(EOS, 2, null)).isEqualTo(BY_EOS);
    }

    @Test
    void shouldNameTheStopTokenThatEndedIt() {
        TokenStop stop = stop(SamplingParams.builder().stopTokenIds(Set.of(7)), 10);

        assertThat(stop.after(7, 1, null)).isEqualTo(new TokenStop.Stop(FinishReason.STOP, 7));
    }

    @Test
    void shouldGoOnAfterEndOfSequenceWhenToldTo() {
        TokenStop stop = stop(SamplingParams.builder().ignoreEos(true), 3);

        assertThat(stop.after(EOS, 2, null)).isNull();
        assertThat(stop.after(EOS, 3, null)).isEqualTo(BY_LENGTH);
    }

    @Test
    void shouldNotStopWithinMinTokens() {
        TokenStop stop = stop(SamplingParams.builder().minTokens(2).stopTokenIds(Set.of(7)), 10);

        assertThat(stop.after(EOS, 1, null)).isNull();
        assertThat(stop.after(7, 2, null)).isNull();
        assertThat(stop.after(EOS, 3, null)).isEqualTo(BY_EOS);
    }

    @Test
    void shouldEndAConstrainedChoiceWhereverItIsComplete() {
        TokenStop stop = stop(SamplingParams.builder().ignoreEos(true).minTokens(5), 10);

        assertThat(stop.after(EOS, 1, form("a*"))).isEqualTo(BY_EOS);
    }

    @Test
    void shouldTakeAStopTokenForTextWhereTheFormIsIncomplete() {
        TokenStop stop = stop(SamplingParams.builder().stopTokenIds(Set.of((int) 'a')), 10);

        assertThat(stop.after('a', 1, form("ab"))).isNull();
        assertThat(stop.after('a', 1, form("a*"))).isEqualTo(new TokenStop.Stop(FinishReason.STOP, (int) 'a'));
    }

    @Test
    void shouldPreferEndOfSequenceToLengthAtTheLastToken() {
        assertThat(stop(SamplingParams.builder(), 4).after(EOS, 4, null)).isEqualTo(BY_EOS);
    }

    private static TokenConstraint.State form(String regex) {
        return new ConstraintCompiler(TestVocabulary.synthetic(0, new Random(1)))
                .compile(new OutputConstraint.Regex(regex))
                .start();
    }

    private static TokenStop stop(SamplingParams.Builder params, int maxTokens) {
        return new TokenStop(params.build(), Set.of(EOS), maxTokens);
    }
}
