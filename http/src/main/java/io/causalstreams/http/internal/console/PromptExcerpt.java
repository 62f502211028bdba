package io.causalstreams.http.internal.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.http.internal.kafka.DeadLetters;
import io.causalstreams.topology.event.EventHeaders;
import io.causalstreams.topology.event.EventJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What a prompt event says of itself, as far as the console shows it.
 *
 * @param id of the request
 * @param text the beginning of what is asked
 */
record PromptExcerpt(
        String id,
        @Nullable String model,
        @Nullable String adapter,
        @Nullable String user,
        String text) {
    private static final ObjectMapper MAPPER = new ObjectMapper(EventJson.boundedFactory());
    private static final int MOST_CHARACTERS = 400;
    private static final int MOST_NAME = 120;

    /**
     * Reads a prompt, be it what it may.
     *
     * @param json its value
     * @param coordinates name one that has no id
     */
    static PromptExcerpt of(Headers headers, byte @Nullable [] json, String coordinates) {
        JsonNode event = read(json);
        String id = text(event, "id");
        if (id == null) {
            id = DeadLetters.header(headers, EventHeaders.ID);
        }
        return new PromptExcerpt(
                id == null ? coordinates : shortened(id, MOST_NAME),
                text(event, "model"),
                text(event, "adapter"),
                text(event, "user"),
                shortened(event.isMissingNode() ? raw(json) : asked(event), MOST_CHARACTERS));
    }

    /** As headers name a prompt. */
    static String coordinates(ConsumerRecord<byte[], byte[]> prompt) {
        return prompt.topic() + "-" + prompt.partition() + "-" + prompt.offset();
    }

    private static JsonNode read(byte @Nullable [] value) {
        try {
            return value == null ? MAPPER.missingNode() : MAPPER.readTree(value);
        } catch (IOException e) {
            return MAPPER.missingNode();
        }
    }

    /** The beginning of what is no JSON. */
    private static String raw(byte @Nullable [] value) {
        return value == null
                ? ""
                : new String(value, 0, Math.min(value.length, 4 * MOST_CHARACTERS), StandardCharsets.UTF_8);
    }

    private static String asked(JsonNode event) {
        JsonNode messages = event.path("messages");
        JsonNode last = messages.path(messages.size() - 1).path("content");
        for (JsonNode each : new JsonNode[] {last, event.path("prompt"), event.path("query"), event.path("input")}) {
            if (each.isTextual()) {
                return each.textValue();
            }
        }
        JsonNode any = last.isContainerNode() ? last : event.path("prompt");
        return any.isMissingNode() ? "" : any.toString();
    }

    private static @Nullable String text(JsonNode event, String name) {
        String value = event.path(name).textValue();
        return value == null ? null : shortened(value, MOST_NAME);
    }

    /** At most so many characters, none of them halved. */
    static String shortened(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
        return text.substring(0, end) + "…";
    }
}
