package io.causalstreams.topology.event;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.inference.Prompt.ToolCall;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code messages}: content as a string or as OpenAI's list of text parts, calls of tools and their results. */
final class ChatMessages {

    private ChatMessages() {}

    static List<Message> read(JsonNode list) {
        if (list.isEmpty()) {
            throw new Invalid("messages", "messages is empty; it must hold at least one message");
        }
        List<Message> messages = new ArrayList<>(list.size());
        for (JsonNode each : list) {
            messages.add(message(each, "messages[" + messages.size() + "]"));
        }
        return messages;
    }

    private static Message message(JsonNode node, String place) {
        if (!node.isObject()) {
            throw new Invalid(
                    "messages",
                    place + " is " + FieldReader.typeOf(node) + "; it must be an object with role and content");
        }
        FieldReader fields = new FieldReader(node, place + ".", "messages");
        String role = fields.string("role");
        if (role == null || role.isEmpty()) {
            throw fields.invalid("role", "is missing; it must be system, user, assistant or what the template knows");
        }
        List<ToolCall> calls = toolCalls(fields);
        List<String> content = content(fields);
        String reasoning = fields.string("reasoning_content");
        if (content.isEmpty() && calls.isEmpty() && reasoning == null) {
            throw fields.invalid("content", "is missing; it must be a string");
        }
        return new Message(
                role,
                content,
                fields.string("name"),
                reasoning == null ? fields.string("reasoning") : reasoning,
                calls,
                fields.string("tool_call_id"));
    }

    private static List<String> content(FieldReader fields) {
        JsonNode content = fields.value("content");
        if (content == null) {
            String refusal = fields.string("refusal"); // what OpenAI's assistants say instead
            return refusal == null ? List.of() : List.of(refusal);
        }
        if (content.isTextual()) {
            return List.of(FieldReader.text(content));
        }
        if (!content.isArray()) {
            throw fields.wrongType("content", content, "a string or a list of text parts");
        }
        List<String> parts = new ArrayList<>();
        for (JsonNode part : content) {
            parts.add(text(part, fields));
        }
        return parts;
    }

    private static String text(JsonNode part, FieldReader fields) {
        JsonNode type = part.get("type");
        JsonNode text = part.get("text");
        boolean textPart =
                part.isObject() && (type == null || type.asText().equals("text")) && text != null && text.isTextual();
        if (!textPart) {
            String found = part.isObject() && type != null && type.isTextual() ? " of type " + named(type) : "";
            throw fields.invalid(
                    "content", "has a part" + found + " that is no text; parts must be {\"type\":\"text\",\"text\":…}");
        }
        return FieldReader.text(text);
    }

    /** The type of a part, as far as it is a name: nothing else of a prompt stands in a message. */
    private static String named(JsonNode type) {
        return type.asText().matches("[a-z_]{1,30}") ? type.asText() : "unknown";
    }

    private static List<ToolCall> toolCalls(FieldReader fields) {
        JsonNode list = fields.array("tool_calls");
        if (list == null) {
            return List.of();
        }
        List<ToolCall> calls = new ArrayList<>();
        for (JsonNode each : list) {
            calls.add(toolCall(each, fields, "tool_calls[" + calls.size() + "]"));
        }
        return calls;
    }

    private static ToolCall toolCall(JsonNode call, FieldReader fields, String place) {
        JsonNode function = call.path("function");
        if (!function.path("name").isTextual()) {
            throw fields.invalid(
                    place,
                    "has no function.name; it must be {\"id\":…,\"type\":\"function\",\"function\":{\"name\":…,\"arguments\":…}}");
        }
        JsonNode arguments = function.path("arguments");
        String json = arguments.isTextual() ? arguments.asText() : arguments.isObject() ? arguments.toString() : "{}";
        if (!EventJson.isObject(json)) {
            throw fields.invalid(place, "has arguments that are no JSON object; send the object as a string");
        }
        return new ToolCall(call.path("id").asText(""), function.path("name").asText(), json.isBlank() ? "{}" : json);
    }
}
