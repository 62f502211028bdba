package io.causalstreams.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.AnswerPart;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEvent.Choice;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Usage;
import io.causalstreams.testkit.ScriptedEngine;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.AdvisorParams;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.Disposable;

class CausalStreamsChatModelTest {

    @Test
    void shouldAnswerWithTextUsageAndReason() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("It is sunny.").runAutomatically();

        // When
        ChatResponse response = new CausalStreamsChatModel(engine).call(new Prompt("How is the weather?"));

        // Then
        assertThat(text(response)).isEqualTo("It is sunny.");
        assertThat(reason(response)).isEqualTo("STOP");
        assertThat(response.getMetadata().getModel()).isEqualTo("scripted");
        assertThat(response.getMetadata().getUsage().getCompletionTokens()).isPositive();
    }

    @Test
    void shouldUseItsDefaultsWhereTheRequestSaysNothing() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("It is sunny.").runAutomatically();
        CausalStreamsChatModel model = new CausalStreamsChatModel(
                engine, CausalStreamsChatOptions.builder().maxTokens(2).build());

        // When
        ChatResponse plain = model.call(new Prompt("Weather?"));
        ChatResponse cooler = model.call(
                new Prompt("Weather?", ChatOptions.builder().temperature(0.5).build()));
        ChatResponse shorter = model.call(
                new Prompt("Weather?", ChatOptions.builder().maxTokens(1).build()));

        // Then
        assertThat(text(plain)).isEqualTo("It is");
        assertThat(reason(plain)).isEqualTo("LENGTH");
        assertThat(text(cooler)).isEqualTo("It is");
        assertThat(text(shorter)).isEqualTo("It");
    }

    @Test
    void shouldTellToolCallsWithTheirArgumentsAndReasoning() {
        // Given
        List<AnswerPart> parts = List.of(
                new AnswerPart.Reasoning("Two cities."),
                new AnswerPart.ToolCall(0, "weather"),
                new AnswerPart.Arguments(0, "{\"city\":"),
                new AnswerPart.Arguments(0, "\"Paris\"}"),
                new AnswerPart.ToolCall(1, "weather"),
                new AnswerPart.Arguments(1, "{\"city\":\"Rome\"}"));
        Finished finished = new Finished(
                List.of(new Choice(0, "", List.of(), FinishReason.STOP, null, null, parts)),
                new Usage(5, 7, 0),
                List.of(),
                null,
                null,
                null,
                null);

        // When
        ChatResponse response =
                Responses.whole(GenerationRequest.chat("?", 9).withId("r"), ScriptedEngine.saying(""), finished);

        // Then
        AssistantMessage message = only(response).getOutput();
        assertThat(response.hasToolCalls()).isTrue();
        assertThat(reason(response)).isEqualTo("TOOL_CALLS");
        assertThat(message.getMetadata()).containsEntry("reasoningContent", "Two cities.");
        assertThat(message.getToolCalls())
                .extracting(call -> call.id() + " " + call.name() + call.arguments())
                .containsExactly("r-call-0 weather{\"city\":\"Paris\"}", "r-call-1 weather{\"city\":\"Rome\"}");
    }

    @Test
    void shouldTellWhatIsWrong() {
        ScriptedEngine full = ScriptedEngine.saying("yes").withCapacity(0);
        ScriptedEngine strict = ScriptedEngine.saying("yes").withValidation(request -> {
            throw new GenerationException.Invalid("messages", "messages are too long");
        });

        assertThatThrownBy(() -> new CausalStreamsChatModel(full).call("?"))
                .isInstanceOf(GenerationException.Busy.class);
        assertThatThrownBy(() -> new CausalStreamsChatModel(strict).call("?"))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("too long");
    }

    @Test
    void shouldStreamPiecesAndThenTheEnd() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("It is sunny.").runAutomatically();

        // When
        List<ChatResponse> responses = new CausalStreamsChatModel(engine)
                .stream(new Prompt("Weather?")).toStream().toList();

        // Then
        assertThat(responses).extracting(CausalStreamsChatModelTest::text).containsExactly("It", " is", " sunny.", "");
        ChatResponse last = responses.get(responses.size() - 1);
        assertThat(reason(last)).isEqualTo("STOP");
        assertThat(last.getMetadata().getUsage().getCompletionTokens()).isPositive();
    }

    @Test
    void shouldEndTheGenerationOfASubscriberThatCancels() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("one two three four");
        List<ChatResponse> seen = new CopyOnWriteArrayList<>();
        Disposable subscription =
                new CausalStreamsChatModel(engine).stream(new Prompt("Count")).subscribe(seen::add);

        // When
        engine.step();
        subscription.dispose();

        // Then
        assertThat(seen).hasSize(1);
        assertThat(engine.cancelled()).hasSize(1);
    }

    record City(String name) {}

    @Test
    void shouldHoldTheEntityOfAClientToItsSchema() {
        // Given
        List<GenerationRequest> asked = new CopyOnWriteArrayList<>();
        ScriptedEngine engine = ScriptedEngine.saying("{\"name\":\"Paris\"}")
                .withValidation(asked::add)
                .runAutomatically();

        // When
        City city = ChatClient.create(new CausalStreamsChatModel(engine))
                .prompt("Which city is the Louvre in?")
                .advisors(AdvisorParams.ENABLE_NATIVE_STRUCTURED_OUTPUT)
                .call()
                .entity(City.class);

        // Then
        assertThat(city).isEqualTo(new City("Paris"));
        assertThat(asked.get(0).sampling().constraint())
                .isInstanceOfSatisfying(
                        OutputConstraint.JsonSchema.class,
                        schema -> assertThat(schema.schema()).contains("\"name\""));
    }

    private static Generation only(ChatResponse response) {
        return Objects.requireNonNull(response.getResult());
    }

    private static @Nullable String text(ChatResponse response) {
        return only(response).getOutput().getText();
    }

    private static @Nullable String reason(ChatResponse response) {
        return only(response).getMetadata().getFinishReason();
    }
}
