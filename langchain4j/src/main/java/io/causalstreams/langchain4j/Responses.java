package io.causalstreams.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.causalstreams.inference.AnswerPart;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Choice;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The engine's answers and errors as LangChain4j's. */
final class Responses {
    private Responses() {}

    static ChatResponse of(GenerationRequest request, GenerationEngine engine, Finished finished) {
        Choice choice = finished.choices().get(0);
        List<ToolExecutionRequest> calls = calls(request, choice.parts());
        AiMessage message = AiMessage.builder()
                .text(text(choice.parts(), AnswerPart.Content.class))
                .thinking(text(choice.parts(), AnswerPart.Reasoning.class))
                .toolExecutionRequests(calls)
                .build();
        return ChatResponse.builder()
                .aiMessage(message)
                .id(request.id())
                .modelName(engine.model(request.model()).name())
                .tokenUsage(new TokenUsage(
                        finished.usage().promptTokens(), finished.usage().completionTokens()))
                .finishReason(reason(choice, !calls.isEmpty()))
                .build();
    }

    private static List<ToolExecutionRequest> calls(GenerationRequest request, List<AnswerPart> parts) {
        return AnswerPart.toolCalls(request.id(), parts).stream()
                .map(call -> ToolExecutionRequest.builder()
                        .id(call.id())
                        .name(call.name())
                        .arguments(call.arguments())
                        .build())
                .toList();
    }

    static LangChain4jException failure(Throwable error) {
        if (error instanceof GenerationException.Invalid) {
            return new InvalidRequestException(error);
        }
        return error instanceof GenerationException.Busy
                ? new RateLimitException(error)
                : new InternalServerException(error);
    }

    /** Null where there is none. */
    private static @Nullable String text(List<AnswerPart> parts, Class<? extends AnswerPart> kind) {
        StringBuilder text = new StringBuilder();
        for (AnswerPart part : parts) {
            if (kind.isInstance(part)) {
                text.append(
                        part instanceof AnswerPart.Content content
                                ? content.text()
                                : ((AnswerPart.Reasoning) part).text());
            }
        }
        return text.isEmpty() ? null : text.toString();
    }

    private static FinishReason reason(Choice choice, boolean calls) {
        return switch (choice.finishReason()) {
            case STOP -> calls ? FinishReason.TOOL_EXECUTION : FinishReason.STOP;
            case LENGTH -> FinishReason.LENGTH;
            default -> FinishReason.OTHER;
        };
    }
}
