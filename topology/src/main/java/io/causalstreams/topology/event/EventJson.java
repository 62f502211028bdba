package io.causalstreams.topology.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * JSON of the events, as UTF-8 bytes.
 *
 * <p>Threading: stateless after class initialisation, any thread.
 */
public final class EventJson {

    /** Deeper documents are refused before they can exhaust a stack. */
    static final int MAX_NESTING = 128;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_NESTING)
                            .maxNumberLength(64)
                            .maxNameLength(10_000)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private EventJson() {}

    /** The event's JSON. */
    public static byte[] write(TokenEvent event) {
        return bytes(event);
    }

    /** The event's JSON. */
    public static byte[] write(CompletionEvent event) {
        return bytes(event);
    }

    /** Reads a token event. @throws UncheckedIOException if the bytes are none */
    public static TokenEvent readToken(byte[] value) {
        return read(value, TokenEvent.class);
    }

    /** Reads a completion event. @throws UncheckedIOException if the bytes are none */
    public static CompletionEvent readCompletion(byte[] value) {
        return read(value, CompletionEvent.class);
    }

    /** @throws UnreadablePromptException if the bytes are not exactly one JSON value */
    static JsonNode tree(byte[] value) {
        try {
            JsonNode node = MAPPER.readTree(value);
            if (node == null || node.isMissingNode()) {
                throw new UnreadablePromptException("the prompt event is empty; it must be a JSON object", null);
            }
            return node;
        } catch (JsonProcessingException e) {
            // the source excerpt of Jackson's own message would carry the prompt into logs and headers
            e.clearLocation();
            throw new UnreadablePromptException(
                    "the prompt event is not JSON: " + e.getOriginalMessage() + "; send one JSON object", e);
        } catch (IOException e) {
            throw new UnreadablePromptException("the prompt event is not JSON: " + e.getMessage(), e);
        }
    }

    /** Whether a text is a JSON object. */
    static boolean isObject(String json) {
        try {
            JsonNode node = MAPPER.readTree(json);
            return node != null && node.isObject();
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** A JSON value as strings, numbers, booleans, lists and maps. */
    static @Nullable Object plain(JsonNode json) {
        return MAPPER.convertValue(json, Object.class);
    }

    private static byte[] bytes(Object event) {
        try {
            return MAPPER.writeValueAsBytes(event);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T read(byte[] value, Class<T> type) {
        try {
            return MAPPER.readValue(value, type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
