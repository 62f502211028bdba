package io.causalstreams.http.internal.kafka;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.http.DoorTopics;
import io.causalstreams.http.HttpDoorException;
import io.causalstreams.topology.ValueFormat;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DoorSchemasTest {
    private static final Set<String> PROMPT = Set.of("id", "prompt", "messages", "role", "content");
    private static final Set<String> COMPLETION =
            Set.of(("id object created model choices index message role content text finish_reason usage prompt_tokens"
                            + " completion_tokens total_tokens prompt_tokens_details cached_tokens error code")
                    .split(" "));

    @Test
    void shouldTakeCompletionsThatHaveAllThatCanBeAskedFor() {
        assertThatCode(() -> check(PROMPT, with(COMPLETION, "message"))).doesNotThrowAnyException();
        Set<String> scores = with(COMPLETION, "logprobs", "token", "logprob", "bytes", "top_logprobs", "tokens");
        assertThatCode(() -> check(with(PROMPT, "logprobs"), with(scores, "token_logprobs", "text_offset", "a")))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldNameWhatCannotBeAnswered() {
        assertThatThrownBy(() -> check(with(PROMPT, "logprobs"), COMPLETION))
                .isInstanceOf(HttpDoorException.class)
                .hasMessageContaining("prompts with logprobs")
                .hasMessageContaining("topic completions")
                .hasMessageContaining("choices.logprobs");
        assertThatThrownBy(() -> check(with(PROMPT, "task", "input"), COMPLETION))
                .hasMessageContaining("embedding");
        assertThatThrownBy(() -> check(PROMPT, without(COMPLETION, "error")))
                .hasMessageContaining("every prompt")
                .hasMessageContaining("error");
        assertThatThrownBy(() -> check(PROMPT, without(COMPLETION, "total_tokens")))
                .hasMessageContaining("usage.total_tokens");
    }

    @Test
    void shouldNotMissZerosThatProtobufLeavesOut() {
        Set<String> ranking = with(COMPLETION, "ranking", "relevance_score");
        Set<String> prompt = with(PROMPT, "task", "query", "documents");
        assertThatCode(() -> DoorSchemas.check(topics(new WithoutZeros(fields(prompt, ranking)))))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldSayWhyACompletionCannotBeWritten() {
        ValueFormat narrow = new ValueFormat() {
            @Override
            public byte[] toJson(String topic, byte[] value) {
                return value;
            }

            @Override
            public byte[] fromJson(String topic, byte[] json) {
                throw new IllegalArgumentException("no enum constant stop");
            }
        };
        assertThatThrownBy(() -> DoorSchemas.check(topics(narrow)))
                .isInstanceOf(HttpDoorException.class)
                .hasMessageContaining("topic completions")
                .hasMessageContaining("no enum constant stop");
    }

    /** As Protobuf's JSON of fields that are not optional. */
    private record WithoutZeros(ValueFormat format) implements ValueFormat {
        @Override
        public byte[] toJson(String topic, byte[] value) {
            return new String(format.toJson(topic, value), StandardCharsets.UTF_8)
                    .replaceAll("\"[a-z_]+\":(0|\\[])(?=[,}])", "\"left_out\":1")
                    .getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] fromJson(String topic, byte[] json) {
            return format.fromJson(topic, json);
        }
    }

    private static void check(Set<String> prompt, Set<String> completion) {
        DoorSchemas.check(topics(fields(prompt, completion)));
    }

    private static KeptFields fields(Set<String> prompt, Set<String> completion) {
        return new KeptFields(Map.of("prompts", prompt, "completions", completion));
    }

    private static DoorTopics topics(ValueFormat format) {
        return new DoorTopics("prompts", "tokens", "completions", "dead-letters", "group", format);
    }

    private static Set<String> with(Set<String> fields, String... more) {
        return Stream.concat(fields.stream(), Stream.of(more)).collect(Collectors.toSet());
    }

    private static Set<String> without(Set<String> fields, String less) {
        return fields.stream().filter(each -> !each.equals(less)).collect(Collectors.toSet());
    }
}
