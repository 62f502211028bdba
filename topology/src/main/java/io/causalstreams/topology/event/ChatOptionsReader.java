package io.causalstreams.topology.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.Tool;
import io.causalstreams.inference.ToolChoice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what a chat has beside its messages: {@code tools} and their choice, and what the chat template is given. */
final class ChatOptionsReader {
    private static final String ANY_OBJECT = "{\"type\":\"object\"}";
    private static final String NAME = "[a-zA-Z0-9_.-]{1,64}";

    private final FieldReader fields;

    ChatOptionsReader(FieldReader fields) {
        this.fields = fields;
    }

    ChatOptions read() {
        List<Tool> tools = allowed(tools());
        boolean continues = Boolean.TRUE.equals(fields.bool("continue_final_message"));
        Boolean generationPrompt = fields.bool("add_generation_prompt");
        Boolean parallel = fields.bool("parallel_tool_calls");
        return ChatOptions.builder()
                .tools(tools)
                .toolChoice(toolChoice(tools))
                .parallelToolCalls(parallel == null || parallel)
                .template(fields.string("chat_template"))
                .templateVariables(templateVariables())
                .documents(documents())
                .continueFinalMessage(continues)
                .addGenerationPrompt(generationPrompt == null ? !continues : generationPrompt)
                .build();
    }

    private List<Tool> tools() {
        JsonNode list = fields.array("tools");
        List<Tool> tools = new ArrayList<>();
        if (list == null) {
            return tools;
        }
        for (JsonNode each : list) {
            tools.add(tool(each, "tools[" + tools.size() + "]"));
        }
        if (tools.stream().map(Tool::name).distinct().count() < tools.size()) {
            throw fields.invalid("tools", "has two functions of one name; names must be distinct");
        }
        return tools;
    }

    private Tool tool(JsonNode tool, String place) {
        JsonNode function = tool.path("function");
        JsonNode name = function.path("name");
        if (!tool.path("type").asText("function").equals("function") || !name.isTextual()) {
            throw fields.invalid(
                    place,
                    "is no function; it must be {\"type\":\"function\",\"function\":{\"name\":…,\"parameters\":…}}");
        }
        if (!name.asText().matches(NAME)) {
            throw fields.invalid(
                    place, "has a name that is none; it must be 1 to 64 letters, digits, '_', '-' and '.'");
        }
        JsonNode parameters = function.path("parameters");
        if (!parameters.isObject() && !parameters.isMissingNode() && !parameters.isNull()) {
            throw fields.invalid(place, "has parameters that are no object; they must be a JSON Schema");
        }
        return new Tool(
                name.asText(),
                parameters.isObject() && !parameters.isEmpty() ? parameters.toString() : ANY_OBJECT,
                tool.toString());
    }

    /** Those of {@code tool_choice: {"type": "allowed_tools", …}}: with others there it would be as if they had not been sent. */
    private List<Tool> allowed(List<Tool> tools) {
        JsonNode choice = allowedTools();
        if (choice.isMissingNode()) {
            return tools;
        }
        Set<String> names = new LinkedHashSet<>();
        choice.path("tools")
                .forEach(tool -> names.add(tool.path("function").path("name").asText()));
        names.forEach(name -> known(name, tools));
        return tools.stream().filter(tool -> names.contains(tool.name())).toList();
    }

    /** Where they stand: in an object of their own, or beside the type. */
    private JsonNode allowedTools() {
        JsonNode choice = fields.value("tool_choice");
        if (choice == null || !choice.path("type").asText().equals("allowed_tools")) {
            return MissingNode.getInstance();
        }
        return choice.path("allowed_tools").isObject() ? choice.path("allowed_tools") : choice;
    }

    private ToolChoice toolChoice(List<Tool> tools) {
        JsonNode choice = fields.value("tool_choice");
        JsonNode allowed = allowedTools();
        if (choice == null) {
            return new ToolChoice.Auto();
        }
        if (!allowed.isMissingNode()) {
            return choice(allowed.path("mode").asText("auto"), tools);
        }
        if (choice.isObject()) {
            String name = choice.path("function").path("name").asText();
            known(name, tools);
            return new ToolChoice.Named(name);
        }
        if (!choice.isTextual()) {
            throw fields.wrongType("tool_choice", choice, "auto, none, required or the function to call");
        }
        return choice(choice.asText(), tools);
    }

    private ToolChoice choice(String name, List<Tool> tools) {
        return switch (name) {
            case "auto" -> new ToolChoice.Auto();
            case "none" -> new ToolChoice.None();
            case "required" -> {
                if (tools.isEmpty()) {
                    throw fields.invalid("tool_choice", "is required and there are no tools; send tools");
                }
                yield new ToolChoice.Required();
            }
            default -> throw fields.invalid("tool_choice", "is neither auto, none nor required");
        };
    }

    private void known(String name, List<Tool> tools) {
        if (tools.stream().noneMatch(tool -> tool.name().equals(name))) {
            throw fields.invalid("tool_choice", "names a function that tools has not; name one of them");
        }
    }

    private Map<String, Object> templateVariables() {
        FieldReader given = fields.object("chat_template_kwargs");
        Map<String, Object> variables = new LinkedHashMap<>();
        String effort = fields.string("reasoning_effort");
        if (effort != null) {
            variables.put("reasoning_effort", effort);
        }
        if (given != null) {
            given.object().properties().forEach(entry -> {
                Object value = value(entry.getValue());
                if (value != null) {
                    variables.put(entry.getKey(), value);
                }
            });
        }
        return variables;
    }

    private List<Map<String, Object>> documents() {
        JsonNode list = fields.array("documents");
        List<Map<String, Object>> documents = new ArrayList<>();
        if (list != null) {
            for (JsonNode each : list) {
                if (!each.isObject()) {
                    throw fields.invalid("documents", "holds something that is no object; each document must be one");
                }
                Map<String, Object> document = new LinkedHashMap<>();
                each.properties().forEach(entry -> document.put(entry.getKey(), value(entry.getValue())));
                documents.add(document);
            }
        }
        return documents;
    }

    private static @Nullable Object value(JsonNode json) {
        return EventJson.plain(json);
    }
}
