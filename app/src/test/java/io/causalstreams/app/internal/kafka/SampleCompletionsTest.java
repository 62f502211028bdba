package io.causalstreams.app.internal.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.app.internal.AppException;
import io.causalstreams.topology.FormUnavailableException;
import io.causalstreams.topology.ValueFormat;
import io.causalstreams.topology.event.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class SampleCompletionsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void shouldTryEveryFinishReasonErrorCodeAndBlock() {
        // When
        List<JsonNode> tried = new ArrayList<>();
        SampleCompletions.check(format(json -> note(tried, json)), "completions");

        // Then
        assertThat(of(tried, "finish_reason"))
                .containsExactlyInAnyOrder("stop", "length", "tool_calls", "cancelled", "deadline_exceeded", "error");
        assertThat(of(tried, "code"))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(ErrorCode.values()).map(Enum::name).toList());
        assertThat(tried.stream().flatMap(each -> each.findValues("stop_reason").stream()))
                .extracting(JsonNode::getNodeType)
                .map(Enum::name)
                .contains("STRING", "NUMBER");
        assertThat(List.of(
                        "logprobs",
                        "prompt_logprobs",
                        "token_ids",
                        "prompt_token_ids",
                        "classification",
                        "embedding",
                        "ranking",
                        "tool_calls",
                        "reasoning_content",
                        "adapter_version",
                        "param",
                        "text"))
                .allSatisfy(block -> assertThat(tried).anyMatch(each -> each.findValue(block) != null));
    }

    @Test
    void shouldSayWhatCannotBeWrittenAndWhatIsAway() {
        assertThatThrownBy(() -> SampleCompletions.check(
                        format(json -> {
                            throw new IllegalStateException("no " + json.length);
                        }),
                        "completions"))
                .isInstanceOf(AppException.class)
                .hasMessageContaining("must be writable");
        assertThatThrownBy(() -> SampleCompletions.check(
                        format(json -> {
                            throw new FormUnavailableException("away", null);
                        }),
                        "completions"))
                .isInstanceOf(AppException.class)
                .hasMessage("away");
    }

    private static byte[] note(List<JsonNode> tried, byte[] json) {
        try {
            tried.add(JSON.readTree(json));
            return json;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> of(List<JsonNode> tried, String field) {
        Set<String> all = new LinkedHashSet<>();
        tried.forEach(each -> all.addAll(each.findValuesAsText(field)));
        return all;
    }

    private static ValueFormat format(UnaryOperator<byte[]> writer) {
        return new ValueFormat() {
            @Override
            public byte[] toJson(String topic, byte[] value) {
                return value;
            }

            @Override
            public byte[] fromJson(String topic, byte[] json) {
                return writer.apply(json);
            }
        };
    }
}
