package io.causalstreams.langchain4j;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.Tool;
import io.causalstreams.inference.ToolChoice;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** LangChain4j's requests as the engine's. */
final class Requests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NO_PARAMETERS = "{\"type\":\"object\",\"properties\":{}}";

    private Requests() {}

    /**
     * @throws UnsupportedFeatureException if a message is no text
     * @throws dev.langchain4j.exception.InvalidRequestException if a parameter is out of its range
     */
    static GenerationRequest of(ChatRequest request) {
        try {
            ChatOptions options = ChatOptions.builder()
                    .tools(request.toolSpecifications().stream()
                            .map(Requests::tool)
                            .toList())
                    .toolChoice(choice(request.toolChoice()))
                    .build();
            List<Prompt.Message> messages =
                    request.messages().stream().map(Requests::message).toList();
            String id = "chat-" + UUID.randomUUID();
            return GenerationRequest.of(id, new Prompt.Chat(messages, options), sampling(request))
                    .withModel(request.modelName());
        } catch (GenerationException.Invalid e) {
            throw Responses.failure(e);
        }
    }

    private static SamplingParams sampling(ChatRequest request) {
        SamplingParams.Builder sampling = SamplingParams.builder()
                .maxTokens(request.maxOutputTokens())
                .stop(Objects.requireNonNullElse(request.stopSequences(), List.of()))
                .constraint(constraint(request.responseFormat()));
        if (request.temperature() != null) {
            sampling.temperature(request.temperature());
        }
        if (request.topP() != null) {
            sampling.topP(request.topP());
        }
        if (request.topK() != null) {
            sampling.topK(request.topK());
        }
        if (request.frequencyPenalty() != null) {
            sampling.frequencyPenalty(request.frequencyPenalty());
        }
        if (request.presencePenalty() != null) {
            sampling.presencePenalty(request.presencePenalty());
        }
        return sampling.build();
    }

    private static @Nullable OutputConstraint constraint(@Nullable ResponseFormat format) {
        if (format == null || format.type() == ResponseFormatType.TEXT) {
            return null;
        }
        return format.jsonSchema() == null
                ? new OutputConstraint.JsonObject()
                : new OutputConstraint.JsonSchema(schema(format.jsonSchema().rootElement()));
    }

    private static String schema(JsonSchemaElement element) {
        try {
            return JSON.writeValueAsString(JsonSchemaElementUtils.toMap(element));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a schema that is no JSON: " + element, e);
        }
    }

    private static Tool tool(ToolSpecification tool) {
        return Tool.of(
                tool.name(),
                Objects.requireNonNullElse(tool.description(), ""),
                tool.parameters() == null ? NO_PARAMETERS : schema(tool.parameters()));
    }

    private static ToolChoice choice(dev.langchain4j.model.chat.request.@Nullable ToolChoice choice) {
        if (choice == null) {
            return new ToolChoice.Auto();
        }
        return switch (choice) {
            case AUTO -> new ToolChoice.Auto();
            case REQUIRED -> new ToolChoice.Required();
            case NONE -> new ToolChoice.None();
        };
    }

    private static Prompt.Message message(ChatMessage message) {
        if (message instanceof SystemMessage system) {
            return new Prompt.Message("system", system.text());
        }
        if (message instanceof UserMessage user) {
            return new Prompt.Message("user", texts(user.contents()), user.name(), null, List.of(), null);
        }
        if (message instanceof AiMessage ai) {
            List<Prompt.ToolCall> calls = ai.toolExecutionRequests().stream()
                    .map(call -> new Prompt.ToolCall(
                            Objects.requireNonNullElse(call.id(), call.name()), call.name(), call.arguments()))
                    .toList();
            List<String> content = ai.text() == null ? List.of() : List.of(ai.text());
            return new Prompt.Message("assistant", content, null, ai.thinking(), calls, null);
        }
        if (message instanceof ToolExecutionResultMessage result) {
            return new Prompt.Message(
                    "tool", texts(result.contents()), result.toolName(), null, List.of(), result.id());
        }
        throw new UnsupportedFeatureException("messages of type " + message.type() + " are not supported");
    }

    private static List<String> texts(List<Content> contents) {
        return contents.stream().map(Requests::text).toList();
    }

    private static String text(Content content) {
        if (content instanceof TextContent text) {
            return text.text();
        }
        throw new UnsupportedFeatureException(
                "content of type " + content.type() + " is not supported; the model reads text");
    }
}
