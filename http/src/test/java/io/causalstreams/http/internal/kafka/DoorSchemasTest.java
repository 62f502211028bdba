package io.causalstreams.http.internal.kafka;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.http.DoorTopics;
import io.causalstreams.http.HttpDoorException;
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

    private static void check(Set<String> prompt, Set<String> completion) {
        DoorSchemas.check(new DoorTopics(
                "prompts",
                "tokens",
                "completions",
                "dead-letters",
                "group",
                new KeptFields(Map.of("prompts", prompt, "completions", completion))));
    }

    private static Set<String> with(Set<String> fields, String... more) {
        return Stream.concat(fields.stream(), Stream.of(more)).collect(Collectors.toSet());
    }

    private static Set<String> without(Set<String> fields, String less) {
        return fields.stream().filter(each -> !each.equals(less)).collect(Collectors.toSet());
    }
}
