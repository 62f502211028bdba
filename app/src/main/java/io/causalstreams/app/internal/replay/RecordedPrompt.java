package io.causalstreams.app.internal.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.topology.event.EventJson;
import io.causalstreams.topology.event.PromptEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A prompt event, and what was answered to it, or should have been.
 *
 * @param answer null = not known
 */
public record RecordedPrompt(
        String id, PromptEvent prompt, @Nullable String answer) {
    private static final ObjectMapper JSON = new JsonMapper(EventJson.boundedFactory());

    /**
     * Reads a line: a prompt event, or a record to learn from, whose {@code completion}, {@code label} or last message is the answer.
     *
     * @param id of an event without one
     */
    public static RecordedPrompt read(String id, byte[] line) {
        try {
            JsonNode json = JSON.readTree(line);
            if (json instanceof ObjectNode event) {
                String answer = answer(event);
                return of(id, JSON.writeValueAsBytes(event), answer);
            }
            throw new IllegalArgumentException("is no JSON object");
        } catch (IOException e) {
            throw new IllegalArgumentException("is not JSON", e);
        }
    }

    /** A prompt event as it was sent. */
    public static RecordedPrompt of(String id, byte[] event, @Nullable String answer) {
        PromptEvent prompt = PromptEvent.parse(event);
        return new RecordedPrompt(prompt.id() == null ? id : prompt.id(), prompt, answer);
    }

    /** Takes the answer out of the event. */
    private static @Nullable String answer(ObjectNode event) {
        JsonNode completion = event.remove("completion");
        JsonNode label = event.remove("label");
        if (completion != null || label != null) {
            return (completion != null ? completion : label).asText();
        }
        if (event.path("messages") instanceof ArrayNode messages && messages.size() > 1) {
            JsonNode last = messages.get(messages.size() - 1);
            if (last.path("role").asText().equals("assistant")
                    && last.path("content").isTextual()) {
                messages.remove(messages.size() - 1);
                return last.path("content").asText();
            }
        }
        return null;
    }

    /** A line of details. */
    static String json(Replay.Compared compared) {
        try {
            return JSON.writeValueAsString(compared);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
