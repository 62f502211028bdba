package io.causalstreams.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import io.causalstreams.inference.AnswerPart;
import io.causalstreams.inference.GenerationEvent.Choice;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Usage;
import io.causalstreams.testkit.ScriptedEngine;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CausalStreamsChatModelTest {

    @Test
    void shouldAnswerWithTextUsageAndReason() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("It is sunny.").runAutomatically();

        // When
        ChatResponse response = new CausalStreamsChatModel(engine).chat(UserMessage.from("How is the weather?"));

        // Then
        assertThat(response.aiMessage().text()).isEqualTo("It is sunny.");
        assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(response.modelName()).isEqualTo("scripted");
        assertThat(response.tokenUsage().outputTokenCount()).isPositive();
    }

    @Test
    void shouldUseItsDefaultsWhereTheRequestSaysNothing() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("It is sunny.").runAutomatically();
        ChatRequestParameters defaults =
                ChatRequestParameters.builder().maxOutputTokens(2).build();

        // When
        ChatResponse response = new CausalStreamsChatModel(engine, defaults).chat(UserMessage.from("Weather?"));

        // Then
        assertThat(response.aiMessage().text()).isEqualTo("It is");
        assertThat(response.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void shouldTellToolCallsWithTheirArguments() {
        // Given
        List<AnswerPart> parts = List.of(
                new AnswerPart.Reasoning("Two cities."),
                new AnswerPart.ToolCall(0, "weather"),
                new AnswerPart.Arguments(0, "{\"city\":"),
                new AnswerPart.Arguments(0, "\"Paris\"}"),
                new AnswerPart.ToolCall(1, "weather"),
                new AnswerPart.Arguments(1, "{\"city\":\"Rome\"}"));
        Finished finished = new Finished(
                List.of(new Choice(0, "", List.of(), io.causalstreams.inference.FinishReason.STOP, null, null, parts)),
                new Usage(5, 7, 0),
                List.of(),
                null,
                null,
                null,
                null);

        // When
        ChatResponse response =
                Responses.of(GenerationRequest.chat("?", 9).withId("r"), ScriptedEngine.saying(""), finished);

        // Then
        assertThat(response.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
        assertThat(response.aiMessage().text()).isNull();
        assertThat(response.aiMessage().thinking()).isEqualTo("Two cities.");
        assertThat(response.aiMessage().toolExecutionRequests())
                .extracting(call -> call.id() + " " + call.name() + call.arguments())
                .containsExactly("r-call-0 weather{\"city\":\"Paris\"}", "r-call-1 weather{\"city\":\"Rome\"}");
    }

    @Test
    void shouldTellWhatIsWrong() {
        ScriptedEngine full = ScriptedEngine.saying("yes").withCapacity(0);
        ScriptedEngine strict = ScriptedEngine.saying("yes").withValidation(request -> {
            throw new GenerationException.Invalid("messages", "messages are too long");
        });

        assertThatThrownBy(() -> new CausalStreamsChatModel(full).chat("?")).isInstanceOf(RateLimitException.class);
        assertThatThrownBy(() -> new CausalStreamsChatModel(strict).chat("?"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("too long");
    }

    @Test
    void shouldStreamPiecesAndThenTheWhole() throws Exception {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("It is sunny.").runAutomatically();
        Handler handler = new Handler(false);

        // When
        new CausalStreamsStreamingChatModel(engine).chat("Weather?", handler);

        // Then
        assertThat(handler.end.get(10, TimeUnit.SECONDS).aiMessage().text()).isEqualTo("It is sunny.");
        assertThat(handler.pieces).containsExactly("It", " is", " sunny.");
    }

    @Test
    void shouldEndTheGenerationOfAHandlerThatCancels() {
        // Given
        ScriptedEngine engine = ScriptedEngine.saying("one two three four");
        Handler handler = new Handler(true);
        new CausalStreamsStreamingChatModel(engine)
                .chat(ChatRequest.builder().messages(UserMessage.from("Count")).build(), handler);

        // When
        engine.step();
        handler.first.orTimeout(10, TimeUnit.SECONDS).join();

        // Then
        assertThat(engine.cancelled()).hasSize(1);
        assertThat(handler.end).isNotDone();
    }

    private static final class Handler implements StreamingChatResponseHandler {
        private final List<String> pieces = new CopyOnWriteArrayList<>();
        private final CompletableFuture<String> first = new CompletableFuture<>();
        private final CompletableFuture<ChatResponse> end = new CompletableFuture<>();
        private final boolean cancels;

        Handler(boolean cancels) {
            this.cancels = cancels;
        }

        @Override
        public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
            pieces.add(piece.text());
            if (cancels) {
                context.streamingHandle().cancel();
            }
            first.complete(piece.text());
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            end.complete(response);
        }

        @Override
        public void onError(Throwable error) {
            end.completeExceptionally(error);
        }
    }
}
