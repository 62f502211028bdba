package io.causalstreams.springai;

import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.Tool;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.content.MediaContent;
import org.springframework.ai.tool.definition.ToolDefinition;

/** Spring AI's prompts as the engine's requests. */
final class Requests {
    /** What Spring AI's models call the reasoning before an answer, in a message's metadata. */
    static final String REASONING = "reasoningContent";

    private Requests() {}

    /** @throws Invalid if a message is no text, or an option is out of its range */
    static GenerationRequest of(List<Message> messages, CausalStreamsChatOptions options) {
        ChatOptions chat = ChatOptions.builder()
                .tools(options.getToolCallbacks().stream()
                        .map(callback -> tool(callback.getToolDefinition()))
                        .toList())
                .build();
        List<Prompt.Message> turns = messages.stream().flatMap(Requests::turns).toList();
        return GenerationRequest.of("chat-" + UUID.randomUUID(), new Prompt.Chat(turns, chat), sampling(options))
                .withModel(options.getModel());
    }

    private static SamplingParams sampling(CausalStreamsChatOptions options) {
        SamplingParams.Builder sampling = SamplingParams.builder()
                .maxTokens(options.getMaxTokens())
                .stop(Objects.requireNonNullElse(options.getStopSequences(), List.of()))
                .constraint(constraint(options.getOutputSchema()));
        if (options.getTemperature() != null) {
            sampling.temperature(options.getTemperature());
        }
        if (options.getTopP() != null) {
            sampling.topP(options.getTopP());
        }
        if (options.getTopK() != null) {
            sampling.topK(options.getTopK());
        }
        if (options.getFrequencyPenalty() != null) {
            sampling.frequencyPenalty(options.getFrequencyPenalty());
        }
        if (options.getPresencePenalty() != null) {
            sampling.presencePenalty(options.getPresencePenalty());
        }
        return sampling.build();
    }

    private static @Nullable OutputConstraint constraint(@Nullable String schema) {
        return schema == null ? null : new OutputConstraint.JsonSchema(schema);
    }

    private static Tool tool(ToolDefinition tool) {
        return Tool.of(tool.name(), tool.description(), tool.inputSchema());
    }

    /** One of most messages; one of each result of a tool. */
    private static Stream<Prompt.Message> turns(Message message) {
        if (message instanceof MediaContent content && !content.getMedia().isEmpty()) {
            throw new Invalid("messages", "a message has content that is no text; the model reads text");
        }
        if (message instanceof ToolResponseMessage results) {
            return results.getResponses().stream()
                    .map(result -> new Prompt.Message(
                            "tool", List.of(result.responseData()), result.name(), null, List.of(), result.id()));
        }
        String text = message.getText();
        if (message instanceof AssistantMessage answer) {
            List<Prompt.ToolCall> calls = answer.getToolCalls().stream()
                    .map(call -> new Prompt.ToolCall(call.id(), call.name(), call.arguments()))
                    .toList();
            boolean nothing = text == null || text.isEmpty();
            return Stream.of(new Prompt.Message(
                    "assistant",
                    nothing ? List.of() : List.of(text),
                    null,
                    answer.getMetadata().get(REASONING) instanceof String reasoning ? reasoning : null,
                    calls,
                    null));
        }
        return Stream.of(new Prompt.Message(message.getMessageType().getValue(), Objects.requireNonNullElse(text, "")));
    }
}
