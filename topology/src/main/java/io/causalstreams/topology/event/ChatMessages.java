package io.causalstreams.topology.event;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.inference.Prompt.Message;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code messages}: content as a string or as OpenAI's list of text parts. */
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
        return new Message(role, content(fields), fields.string("name"));
    }

    private static String content(FieldReader fields) {
        JsonNode content = fields.value("content");
        if (content == null) {
            throw fields.invalid("content", "is missing; it must be a string");
        }
        if (content.isTextual()) {
            return FieldReader.text(content);
        }
        if (!content.isArray()) {
            throw fields.wrongType("content", content, "a string or a list of text parts");
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            text.append(text(part, fields));
        }
        return text.toString();
    }

    private static String text(JsonNode part, FieldReader fields) {
        JsonNode type = part.get("type");
        JsonNode text = part.get("text");
        boolean textPart =
                part.isObject() && (type == null || type.asText().equals("text")) && text != null && text.isTextual();
        if (!textPart) {
            throw fields.invalid("content", "has a part that is no text; parts must be {\"type\":\"text\",\"text\":…}");
        }
        return FieldReader.text(text);
    }
}
