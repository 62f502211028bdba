package io.causalstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.TokenEvent;
import io.causalstreams.topology.event.ToolCall;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Answers that call tools, as events. */
class ToolCallsTest {
    private static final String ANSWER =
            "Let me look. <tool_call> {\"name\": \"weather\", \"arguments\": {\"city\": \"Bern\", \"days\": 2}} </tool_call>";
    private static final String PROMPT = "{\"id\":\"r-1\",\"messages\":[{\"role\":\"user\",\"content\":\"Weather?\"}],"
            + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}]%s}";

    @Test
    void shouldPublishCallsInDeltasAndInTheCompletion() {
        ScriptedEngine engine = ScriptedEngine.saying(ANSWER);
        try (OperatorDriver driver = new OperatorDriver(engine)) {
            // When
            driver.send("k", PROMPT.formatted(""));
            while (!engine.running().isEmpty()) {
                engine.step();
                driver.advance(1000);
            }
            driver.advance(10);
            // Then
            CompletionEvent.Choice choice = driver.completion().choices().get(0);
            CompletionEvent.Message message = Objects.requireNonNull(choice.message());
            assertThat(choice.finishReason()).isEqualTo("tool_calls");
            assertThat(message.content()).isEqualTo("Let me look.");
            ToolCall call = Objects.requireNonNull(message.toolCalls()).get(0);
            assertThat(call.function().name()).isEqualTo("weather");
            assertThat(call.function().arguments()).isEqualTo("{\"city\": \"Bern\", \"days\": 2}");
            List<TokenEvent.Delta> deltas = driver.tokenEvents().stream()
                    .map(event -> Objects.requireNonNull(event.choices().get(0).delta()))
                    .toList();
            assertThat(deltas.stream().map(TokenEvent.Delta::content).collect(Collectors.joining()))
                    .isEqualTo(message.content());
            List<ToolCall> pieces = deltas.stream()
                    .flatMap(delta -> delta.toolCalls() == null ? null : delta.toolCalls().stream())
                    .toList();
            assertThat(pieces)
                    .hasSizeGreaterThan(2)
                    .allMatch(piece -> Integer.valueOf(0).equals(piece.index()));
            assertThat(pieces.get(0).id()).isEqualTo(call.id()).hasSize(9);
            assertThat(pieces.get(0).function().name()).isEqualTo("weather");
            assertThat(pieces.stream()
                            .map(piece -> piece.function().arguments())
                            .collect(Collectors.joining()))
                    .isEqualTo(call.function().arguments());
        }
    }

    @Test
    void shouldPublishTextWhereToolsAreNotToBeCalled() {
        ScriptedEngine engine = ScriptedEngine.saying(ANSWER);
        try (OperatorDriver driver = new OperatorDriver(engine)) {
            driver.send("k", PROMPT.formatted(",\"tool_choice\":\"none\""));
            engine.runAll();
            driver.advance(10);

            CompletionEvent.Choice choice = driver.completion().choices().get(0);
            assertThat(choice.finishReason()).isEqualTo("stop");
            assertThat(choice.content()).isEqualTo(ANSWER);
        }
    }
}
