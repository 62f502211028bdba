package io.causalstreams.inference.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.SamplingParams;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenStopTest {
    private static final int EOS = 2;
    private static final TokenStop.Stop BY_EOS = new TokenStop.Stop(FinishReason.STOP, null);
    private static final TokenStop.Stop BY_LENGTH = new TokenStop.Stop(FinishReason.LENGTH, null);

    @Test
    void shouldStopAtEndOfSequence() {
        TokenStop stop = stop(SamplingParams.builder(), 10);

        assertThat(stop.after(7, 1)).isNull();
        assertThat(stop.after(EOS, 2)).isEqualTo(BY_EOS);
    }

    @Test
    void shouldNameTheStopTokenThatEndedIt() {
        TokenStop stop = stop(SamplingParams.builder().stopTokenIds(Set.of(7)), 10);

        assertThat(stop.after(7, 1)).isEqualTo(new TokenStop.Stop(FinishReason.STOP, 7));
    }

    @Test
    void shouldGoOnAfterEndOfSequenceWhenToldTo() {
        TokenStop stop = stop(SamplingParams.builder().ignoreEos(true), 3);

        assertThat(stop.after(EOS, 2)).isNull();
        assertThat(stop.after(EOS, 3)).isEqualTo(BY_LENGTH);
    }

    @Test
    void shouldNotStopWithinMinTokens() {
        TokenStop stop = stop(SamplingParams.builder().minTokens(2).stopTokenIds(Set.of(7)), 10);

        assertThat(stop.after(EOS, 1)).isNull();
        assertThat(stop.after(7, 2)).isNull();
        assertThat(stop.after(EOS, 3)).isEqualTo(BY_EOS);
    }

    @Test
    void shouldEndAConstrainedChoiceWhereverItIsComplete() {
        TokenStop stop = stop(
                SamplingParams.builder().ignoreEos(true).minTokens(5).constraint(new OutputConstraint.JsonObject()),
                10);

        assertThat(stop.after(EOS, 1)).isEqualTo(BY_EOS);
    }

    @Test
    void shouldPreferEndOfSequenceToLengthAtTheLastToken() {
        assertThat(stop(SamplingParams.builder(), 4).after(EOS, 4)).isEqualTo(BY_EOS);
    }

    private static TokenStop stop(SamplingParams.Builder params, int maxTokens) {
        return new TokenStop(params.build(), Set.of(EOS), maxTokens);
    }
}
