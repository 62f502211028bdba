package io.causalstreams.springai;

import io.causalstreams.inference.AnswerPart;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Choice;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.GenerationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;

/** The engine's answers as Spring AI's. */
final class Responses {
    private Responses() {}

    static ChatResponse whole(GenerationRequest request, GenerationEngine engine, Finished finished) {
        List<AnswerPart> parts = finished.choices().get(0).parts();
        StringBuilder text = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        for (AnswerPart part : parts) {
            if (part instanceof AnswerPart.Content content) {
                text.append(content.text());
            } else if (part instanceof AnswerPart.Reasoning thought) {
                reasoning.append(thought.text());
            }
        }
        return finished(request, engine, finished, text.toString(), reasoning.toString());
    }

    /** Text and reasoning of a chunk; calls of tools are told when they are whole. */
    static List<ChatResponse> pieces(GenerationRequest request, GenerationEngine engine, TokenChunk chunk) {
        List<ChatResponse> pieces = new ArrayList<>();
        for (AnswerPart part : AnswerPart.joined(chunk.parts())) {
            if (part instanceof AnswerPart.Content content) {
                pieces.add(piece(request, engine, content.text(), ""));
            } else if (part instanceof AnswerPart.Reasoning thought) {
                pieces.add(piece(request, engine, "", thought.text()));
            }
        }
        return pieces;
    }

    static List<ChatResponse> end(GenerationRequest request, GenerationEngine engine, Finished finished) {
        return List.of(finished(request, engine, finished, "", ""));
    }

    private static ChatResponse piece(
            GenerationRequest request, GenerationEngine engine, String text, String reasoning) {
        AssistantMessage message = message(text, reasoning, List.of());
        return new ChatResponse(
                List.of(new Generation(message)), metadata(request, engine).build());
    }

    private static ChatResponse finished(
            GenerationRequest request, GenerationEngine engine, Finished finished, String text, String reasoning) {
        Choice choice = finished.choices().get(0);
        List<ToolCall> calls = calls(request, choice.parts());
        ChatGenerationMetadata end = ChatGenerationMetadata.builder()
                .finishReason(reason(choice, !calls.isEmpty()))
                .build();
        ChatResponseMetadata metadata = metadata(request, engine)
                .usage(new DefaultUsage(
                        finished.usage().promptTokens(), finished.usage().completionTokens()))
                .build();
        return new ChatResponse(List.of(new Generation(message(text, reasoning, calls), end)), metadata);
    }

    private static AssistantMessage message(String text, String reasoning, List<ToolCall> calls) {
        return AssistantMessage.builder()
                .content(text)
                .properties(reasoning.isEmpty() ? Map.of() : Map.of(Requests.REASONING, reasoning))
                .toolCalls(calls)
                .build();
    }

    private static ChatResponseMetadata.Builder metadata(GenerationRequest request, GenerationEngine engine) {
        return ChatResponseMetadata.builder()
                .id(request.id())
                .model(engine.model(request.model()).name());
    }

    private static List<ToolCall> calls(GenerationRequest request, List<AnswerPart> parts) {
        return AnswerPart.toolCalls(request.id(), parts).stream()
                .map(call -> new ToolCall(call.id(), "function", call.name(), call.arguments()))
                .toList();
    }

    /** As the models of Spring AI name it. */
    private static String reason(Choice choice, boolean calls) {
        return calls ? "TOOL_CALLS" : choice.finishReason().name();
    }
}
