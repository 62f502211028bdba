package io.causalstreams.http.internal.console;

import static io.causalstreams.http.internal.console.Records.bytes;
import static io.causalstreams.http.internal.console.Records.deadLetter;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

class LetterBoxTest {
    private final LetterBox letters = new LetterBox();

    @Test
    void shouldShowWhyAndWhatItWas() {
        JsonNode letter = letters.add(deadLetter(5, 12, bytes("{\"id\":\"a\",")));
        assertThat(letter.path("reason").asText()).isEqualTo("it is no JSON");
        assertThat(letter.path("exception").asText()).isEqualTo("UnreadablePromptException");
        assertThat(letter.path("from").asText()).isEqualTo("prompts-0-12");
        assertThat(letter.path("id").asText())
                .as("what cannot be read has no other")
                .isEqualTo("prompts-0-12");
        assertThat(letter.path("value").asText()).isEqualTo("{\"id\":\"a\",");
        assertThat(letter.path("headers").toString()).isEqualTo("[[\"traceparent\",\"00-1\"]]");
    }

    @Test
    void shouldTakeACancelWithoutAValue() {
        JsonNode letter = letters.add(deadLetter(5, 12, null));
        assertThat(letter.path("value").isNull()).isTrue();
        assertThat(letter.path("bytes").asInt()).isZero();
    }

    @Test
    void shouldKeepTheLastAndTheBeginningOfLargeOnes() {
        for (int offset = 0; offset < LetterBox.MOST + 10; offset++) {
            letters.add(deadLetter(offset, offset, new byte[LetterBox.MOST_VALUE_BYTES * 2]));
        }
        JsonNode all = letters.json();
        assertThat(all).hasSize(LetterBox.MOST);
        assertThat(all.path(0).path("offset").asInt()).isEqualTo(10);
        assertThat(all.path(0).path("value").asText()).hasSize(LetterBox.MOST_VALUE_BYTES);
        assertThat(all.path(0).path("bytes").asInt()).isEqualTo(LetterBox.MOST_VALUE_BYTES * 2);
    }
}
