package io.causalstreams.topology.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.topology.event.RequestFields.Treatment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestFieldsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "best_of|3",
                "echo|true",
                "suffix|\"tail\"",
                "use_beam_search|true",
                "length_penalty|0.5",
                "truncate_prompt_tokens|10",
                "skip_special_tokens|false",
                "bad_words|[\"bad\"]",
                "allowed_token_ids|[1]",
                "logits_processors|[\"x\"]",
                "functions|[{\"name\":\"f\"}]",
                "function_call|{\"name\":\"f\"}",
                "modalities|[\"text\",\"audio\"]",
                "audio|{\"voice\":\"alloy\"}",
                "web_search_options|{}",
                "verbosity|\"low\"",
                "structural_tag|{}",
                "mirostat|2",
                "dry_multiplier|0.8",
                "xtc_probability|0.5",
                "top_a|0.1",
                "n_predict|5",
                "repeat_penalty|1.1"
            })
    void shouldRefuseByNameWhatWouldChangeTheAnswer(String field, String value) {
        // When
        Invalid invalid = catchThrowableOfType(Invalid.class, () -> parse(field, value));
        // Then
        assertThat(invalid).as(field).isNotNull();
        assertThat(invalid.parameter()).isEqualTo(field);
        assertThat(invalid.getMessage()).startsWith(field + " is not supported: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "best_of|1",
                "best_of|1.0",
                "best_of|null",
                "echo|false",
                "functions|[]",
                "modalities|[\"text\"]",
                "skip_special_tokens|true",
                "mirostat|0",
                "n_predict|-1",
                "stream|true",
                "stream_options|{\"include_usage\":true}",
                "store|true",
                "metadata|{\"a\":\"b\"}",
                "service_tier|\"auto\"",
                "prediction|{\"type\":\"content\",\"content\":\"x\"}",
                "cache_prompt|true",
                "made_up|{\"by\":\"somebody\"}"
            })
    void shouldIgnoreWhatChangesNothing(String field, String value) {
        assertThat(parse(field, value))
                .isEqualTo(PromptEvent.parse("{\"prompt\":\"x\"}".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldHonourEveryFieldOfTheReader() {
        assertThat(PromptEvent.FIELDS)
                .allSatisfy(field ->
                        assertThat(RequestFields.TREATMENTS.get(field)).isInstanceOf(Treatment.Honoured.class));
    }

    private static PromptEvent parse(String field, String value) {
        return PromptEvent.parse(
                ("{\"prompt\":\"x\",\"" + field + "\":" + value + "}").getBytes(StandardCharsets.UTF_8));
    }
}
