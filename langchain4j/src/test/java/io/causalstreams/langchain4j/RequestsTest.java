package io.causalstreams.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestsTest {
    private static final JsonObjectSchema CITY = JsonObjectSchema.builder()
            .addStringProperty("city", "where")
            .required("city")
            .build();

    @Test
    void shouldKeepEveryTurnWithItsCallsAndTheirResults() {
        // Given
        ToolExecutionRequest call = ToolExecutionRequest.builder()
                .id("c1")
                .name("weather")
                .arguments("{\"city\":\"Paris\"}")
                .build();
        ChatRequest request = ChatRequest.builder()
                .messages(
                        SystemMessage.from("Be brief."),
                        UserMessage.from("Weather in Paris?"),
                        AiMessage.from(call),
                        ToolExecutionResultMessage.from(call, "sunny"))
                .build();

        // When
        List<Prompt.Message> messages = chat(Requests.of(request)).messages();

        // Then
        assertThat(messages).extracting(Prompt.Message::role).containsExactly("system", "user", "assistant", "tool");
        assertThat(messages.get(2).content()).isEmpty();
        assertThat(messages.get(2).toolCalls())
                .containsExactly(new Prompt.ToolCall("c1", "weather", "{\"city\":\"Paris\"}"));
        assertThat(messages.get(3).toolCallId()).isEqualTo("c1");
        assertThat(messages.get(3).text()).isEqualTo("sunny");
    }

    @Test
    void shouldKeepParameters() {
        // Given
        ChatRequest request = question()
                .modelName("large")
                .temperature(0.5)
                .topP(0.9)
                .topK(7)
                .frequencyPenalty(0.25)
                .presencePenalty(-0.5)
                .maxOutputTokens(12)
                .stopSequences(List.of("END"))
                .build();

        // When
        GenerationRequest asked = Requests.of(request);

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
    void shouldHoldAnswersToTheSchemaOfTheResponse() {
        // Given
        ResponseFormat format = ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(JsonSchema.builder().name("city").rootElement(CITY).build())
                .build();

        // When
        OutputConstraint constraint = Requests.of(
                        question().responseFormat(format).build())
                .sampling()
                .constraint();

        // Then
        assertThat(constraint)
                .isInstanceOfSatisfying(
                        OutputConstraint.JsonSchema.class,
                        schema -> assertThat(schema.schema())
                                .contains("\"type\":\"object\"", "\"city\"", "\"required\":[\"city\"]"));
    }

    @Test
    void shouldOfferToolsWithTheirParameters() {
        // Given
        ToolSpecification weather = ToolSpecification.builder()
                .name("weather")
                .description("Weather of a city")
                .parameters(CITY)
                .build();
        ToolSpecification time = ToolSpecification.builder().name("time").build();

        // When
        Prompt.Chat chat = chat(Requests.of(question()
                .toolSpecifications(weather, time)
                .toolChoice(ToolChoice.REQUIRED)
                .build()));

        // Then
        assertThat(chat.options().toolChoice()).isInstanceOf(io.causalstreams.inference.ToolChoice.Required.class);
        assertThat(chat.options().tools()).extracting(tool -> tool.name()).containsExactly("weather", "time");
        assertThat(chat.options().tools().get(0).json()).contains("Weather of a city", "\"city\"");
        assertThat(chat.options().tools().get(1).parameters()).isEqualTo("{\"type\":\"object\",\"properties\":{}}");
    }

    @Test
    void shouldRefuseWhatIsNoText() {
        ChatRequest request = ChatRequest.builder()
                .messages(UserMessage.from(ImageContent.from("https://example.com/a.png")))
                .build();

        assertThatThrownBy(() -> Requests.of(request))
                .isInstanceOf(UnsupportedFeatureException.class)
                .hasMessageContaining("IMAGE");
    }

    @Test
    void shouldNameAParameterOutOfItsRange() {
        ChatRequest request = question().topP(3.0).build();

        assertThatThrownBy(() -> Requests.of(request))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("top_p");
    }

    private static ChatRequest.Builder question() {
        return ChatRequest.builder().messages(UserMessage.from("Where?"));
    }

    private static Prompt.Chat chat(GenerationRequest request) {
        return (Prompt.Chat) request.prompt();
    }
}
