package io.causalstreams.topology.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.TokenLogprob;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogprobsTest {
    /** a, then U+1F642 in three tokens, then b. */
    private static final List<TokenLogprob> TOKENS = List.of(
            token("a", 0x61),
            token("\ufffd", 0xf0),
            token("\ufffd", 0x9f, 0x99),
            token("\ufffd", 0x82),
            token("b", 0x62));

    @Test
    void shouldGiveEachTokenItsOwnBytes() {
        assertThat(((Logprobs.Chat) Logprobs.chat(TOKENS)).content())
                .extracting(Logprobs.Entry::bytes)
                .containsExactly(List.of(0x61), List.of(0xf0), List.of(0x9f, 0x99), List.of(0x82), List.of(0x62));
    }

    @Test
    void shouldCountCharactersNotTheirPartsInOffsets() {
        assertThat(((Logprobs.Text) Logprobs.text(TOKENS, 0)).textOffset()).containsExactly(0, 1, 1, 1, 2);
    }

    @Test
    void shouldGiveTheSameOffsetsEventByEvent() {
        int characters = 0;
        for (int i = 0; i < TOKENS.size(); i++) {
            List<TokenLogprob> one = List.of(TOKENS.get(i));
            assertThat(((Logprobs.Text) Logprobs.text(one, characters)).textOffset())
                    .isEqualTo(((Logprobs.Text) Logprobs.text(TOKENS, 0))
                            .textOffset()
                            .subList(i, i + 1));
            characters += TOKENS.get(i).characters();
        }
    }

    private static TokenLogprob token(String text, Integer... bytes) {
        return new TokenLogprob(1, text, List.of(bytes), -1, 1, List.of());
    }
}
