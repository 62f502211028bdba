package io.causalstreams.topology.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * JSON of the events, as UTF-8 bytes.
 *
 * <p>Threading: stateless after class initialisation, any thread.
 */
public final class EventJson {

    /** Deeper documents are refused before they can exhaust a stack. */
    static final int MAX_NESTING = 128;

    /** A zero and a schema id, before the value. */
    private static final int FRAME_BYTES = 5;

    private static final ObjectMapper MAPPER = JsonMapper.builder(boundedFactory())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private EventJson() {}

    /** A new factory whose parsers have the bounds under which JSON from outside is read: nesting, numbers and names. */
    public static JsonFactory boundedFactory() {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_NESTING)
                        .maxNumberLength(64)
                        .maxNameLength(10_000)
                        .build())
                .build();
    }

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

    /** The event's JSON. */
    static byte[] write(ToolCallEvent event) {
        return bytes(event);
    }

    /** The event's JSON. */
    static byte[] write(ToolResultEvent event) {
        return bytes(event);
    }

    /** Reads a call. @throws UncheckedIOException if the bytes are none */
    static ToolCallEvent readToolCall(byte[] value) {
        try {
            JsonNode call = MAPPER.readTree(value);
            return new ToolCallEvent(
                    call.required("conversation").asText(),
                    call.required("id").asText(),
                    call.required("name").asText(),
                    call.required("arguments").toString(),
                    call.required("deadline").asText());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A member of a JSON object: a string's text, of anything else its JSON; empty when there is none. */
    static String member(String object, String name) {
        try {
            return text(MAPPER.readTree(object).path(name));
        } catch (JsonProcessingException e) {
            return "";
        }
    }

    private static String text(JsonNode json) {
        return json.isTextual() ? json.asText() : json.toString();
    }

    /** Reads a tool's result; null if the bytes are none. */
    static @Nullable ToolResultEvent readToolResult(byte[] value) {
        try {
            JsonNode result = MAPPER.readTree(value);
            JsonNode content = result.path("content");
            boolean whole = result.path("conversation").isTextual()
                    && result.path("id").isTextual()
                    && !content.isMissingNode();
            return whole
                    ? new ToolResultEvent(
                            result.path("conversation").asText(),
                            result.path("id").asText(),
                            text(content))
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** @throws UnreadablePromptException if the bytes are not exactly one JSON value; it holds none of them */
    static JsonNode tree(byte[] value) {
        try {
            JsonNode node = MAPPER.readTree(value);
            if (node == null || node.isMissingNode()) {
                throw new UnreadablePromptException("the prompt event is empty; it must be a JSON object");
            }
            return node;
        } catch (StreamConstraintsException e) {
            throw new UnreadablePromptException("the prompt event is beyond what is read as JSON" + place(e)
                    + ": nesting, a number or a name that is too long; send one JSON object");
        } catch (JsonProcessingException e) {
            throw unreadable(value, place(e));
        } catch (IOException e) {
            throw unreadable(value, "");
        }
    }

    /** Jackson's own words quote the prompt, so they are not repeated and are no cause. */
    private static UnreadablePromptException unreadable(byte[] value, String place) {
        if (value.length > FRAME_BYTES && value[0] == 0) {
            int schema = ByteBuffer.wrap(value).getInt(1);
            return new UnreadablePromptException("the prompt event begins with a zero byte and the schema id " + schema
                    + ", as serializers of a schema registry frame their values; send JSON without the frame");
        }
        return new UnreadablePromptException(
                "the prompt event is not JSON" + place + "; send one JSON object in UTF-8");
    }

    private static String place(JsonProcessingException e) {
        JsonLocation place = e.getLocation();
        return place == null ? "" : " at line " + place.getLineNr() + ", column " + place.getColumnNr();
    }

    /** Whether a text is a JSON object. */
    public static boolean isObject(String json) {
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
