package io.causalstreams.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage.ToolResponse;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.content.Media;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.function.FunctionToolCallback;
import org.springframework.util.MimeTypeUtils;

class RequestsTest {
    private static final CausalStreamsChatOptions NONE =
            CausalStreamsChatOptions.builder().build();

    record City(String city) {}

    @Test
    void shouldKeepMessagesCallsAndResults() {
        // Given
        List<Message> messages = List.of(
                new SystemMessage("Be brief."),
                new UserMessage("Weather in Paris and Rome?"),
                AssistantMessage.builder()
                        .content("")
                        .properties(Map.of("reasoningContent", "Two cities."))
                        .toolCalls(List.of(
                                new AssistantMessage.ToolCall("c1", "function", "weather", "{\"city\":\"Paris\"}"),
                                new AssistantMessage.ToolCall("c2", "function", "weather", "{\"city\":\"Rome\"}")))
                        .build(),
                ToolResponseMessage.builder()
                        .responses(List.of(
                                new ToolResponse("c1", "weather", "sunny"), new ToolResponse("c2", "weather", "rain")))
                        .build());

        // When
        List<Prompt.Message> turns = chat(Requests.of(messages, NONE)).messages();

        // Then
        assertThat(turns)
                .extracting(Prompt.Message::role)
                .containsExactly("system", "user", "assistant", "tool", "tool");
        assertThat(turns.get(2).content()).isEmpty();
        assertThat(turns.get(2).reasoning()).isEqualTo("Two cities.");
        assertThat(turns.get(2).toolCalls())
                .extracting(call -> call.id() + " " + call.arguments())
                .containsExactly("c1 {\"city\":\"Paris\"}", "c2 {\"city\":\"Rome\"}");
        assertThat(turns.get(4).toolCallId()).isEqualTo("c2");
        assertThat(turns.get(4).text()).isEqualTo("rain");
    }

    @Test
    void shouldKeepOptions() {
        // Given
        CausalStreamsChatOptions options = CausalStreamsChatOptions.builder()
                .model("large")
                .temperature(0.5)
                .topP(0.9)
                .topK(7)
                .frequencyPenalty(0.25)
                .presencePenalty(-0.5)
                .maxTokens(12)
                .stopSequences(List.of("END"))
                .build();

        // When
        GenerationRequest asked = Requests.of(question(), options.mutate().build());

        // Then
        SamplingParams sampling = asked.sampling();
        assertThat(asked.model()).isEqualTo("large");
        assertThat(sampling.temperature()).isEqualTo(0.5);
        assertThat(sampling.topP()).isEqualTo(0.9);
        assertThat(sampling.topK()).isEqualTo(7);
        assertThat(sampling.frequencyPenalty()).isEqualTo(0.25);
        assertThat(sampling.presencePenalty()).isEqualTo(-0.5);
        assertThat(sampling.maxTokens()).isEqualTo(12);
        assertThat(sampling.stop()).containsExactly("END");
    }

    @Test
    void shouldOfferToolsWithTheirParameters() {
        // Given
        ToolCallback weather = FunctionToolCallback.builder("weather", (City city) -> "sunny")
                .description("Weather of a city")
                .inputType(City.class)
                .build();

        // When
        Prompt.Chat chat = chat(Requests.of(
                question(),
                CausalStreamsChatOptions.builder().toolCallbacks(weather).build()));

        // Then
        assertThat(chat.options().tools()).extracting(tool -> tool.name()).containsExactly("weather");
        assertThat(chat.options().tools().get(0).json()).contains("Weather of a city", "\"city\"");
    }

    @Test
    void shouldRefuseWhatIsNoText() {
        UserMessage picture = UserMessage.builder()
                .text("What is this?")
                .media(new Media(MimeTypeUtils.IMAGE_PNG, URI.create("https://example.com/a.png")))
                .build();

        assertThatThrownBy(() -> Requests.of(List.of(picture), NONE))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("no text");
    }

    private static List<Message> question() {
        return List.of(new UserMessage("Weather?"));
    }

    private static Prompt.Chat chat(GenerationRequest request) {
        return (Prompt.Chat) request.prompt();
    }
}
