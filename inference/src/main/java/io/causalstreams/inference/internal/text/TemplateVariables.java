package io.causalstreams.inference.internal.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.Tool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as the variables of its template, in the form that transformers gives them: {@code messages}, {@code tools},
 * {@code documents}, {@code add_generation_prompt} and those of the request.
 *
 * @param typedContent whether texts are given as a list of parts, {@code [{"type": "text", "text": …}]}
 * @param plainContent whether a single one is given as it is, all the same
 */
record TemplateVariables(boolean typedContent, boolean plainContent) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @param quoted passes every text of the request, so that it can be marked
     */
    Map<String, Object> of(List<Prompt.Message> messages, ChatOptions options, UnaryOperator<String> quoted) {
        Map<String, Object> variables = new HashMap<>();
        options.templateVariables().forEach((name, value) -> variables.put(name, quoted(value, quoted)));
        List<Object> all = new ArrayList<>();
        for (Prompt.Message message : messages) {
            all.add(quoted(message(message), quoted));
        }
        variables.put("messages", new PythonValues.Items(all));
        variables.put("tools", list(options.callable().stream().map(Tool::json).map(TemplateVariables::json), quoted));
        variables.put("documents", list(options.documents().stream(), quoted));
        variables.put("add_generation_prompt", options.addGenerationPrompt());
        return variables;
    }

    /** Passes every text of the request to {@code text}. */
    static void forEachText(List<Prompt.Message> messages, ChatOptions options, Consumer<String> text) {
        new TemplateVariables(false, true).of(messages, options, each -> {
            text.accept(each);
            return each;
        });
    }

    /** None is null, as transformers passes it. */
    private static @Nullable Object list(java.util.stream.Stream<?> values, UnaryOperator<String> quoted) {
        List<Object> all = new ArrayList<>();
        values.forEach(value -> all.add(quoted(value, quoted)));
        return all.isEmpty() ? null : new PythonValues.Items(all);
    }

    private Map<String, Object> message(Prompt.Message message) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("role", message.role());
        map.put("content", content(message));
        put(map, "name", message.name());
        put(map, "reasoning_content", message.reasoning());
        put(map, "tool_call_id", message.toolCallId());
        if (!message.toolCalls().isEmpty()) {
            map.put(
                    "tool_calls",
                    message.toolCalls().stream().map(TemplateVariables::call).toList());
        }
        return map;
    }

    private @Nullable Object content(Prompt.Message message) {
        if (message.content().isEmpty()) {
            return "";
        }
        boolean single = plainContent && message.content().size() == 1;
        return typedContent && !single
                ? message.content().stream()
                        .map(text -> Map.of("type", "text", "text", text))
                        .toList()
                : message.text();
    }

    private static Map<String, Object> call(Prompt.ToolCall call) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", call.name());
        function.put("arguments", json(call.arguments()));
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", call.id());
        map.put("type", "function");
        map.put("function", function);
        return map;
    }

    private static Object json(String text) {
        try {
            return JSON.readValue(text, Object.class);
        } catch (JsonProcessingException e) {
            throw new Invalid(
                    "messages", "the arguments of a tool call are not valid JSON; send a JSON object as a string");
        }
    }

    private static void put(Map<String, Object> map, String key, @Nullable String value) {
        if (value != null) {
            map.put(key, value);
        }
    }

    private static @Nullable Object quoted(@Nullable Object value, UnaryOperator<String> quoted) {
        if (value instanceof String text) {
            return quoted.apply(text);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((key, each) -> copy.put(quoted.apply(String.valueOf(key)), quoted(each, quoted)));
            return new PythonValues.Dict(copy);
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(each -> copy.add(quoted(each, quoted)));
            return new PythonValues.Items(copy);
        }
        return value;
    }
}
