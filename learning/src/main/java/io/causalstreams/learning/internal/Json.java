package io.causalstreams.learning.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.topology.event.EventJson;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** JSON of what the loop keeps. */
final class Json {
    private static final ObjectMapper MAPPER = new JsonMapper(EventJson.boundedFactory());

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** An object, or null where it is none. */
    static @Nullable ObjectNode read(byte @Nullable [] json) {
        try {
            return json != null && MAPPER.readTree(json) instanceof ObjectNode object ? object : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** What this loop has written. */
    static ObjectNode own(String json) {
        try {
            return (ObjectNode) MAPPER.readTree(json);
        } catch (IOException e) {
            throw new IllegalStateException("what the store holds is not JSON", e);
        }
    }

    static @Nullable String text(JsonNode object, String field) {
        return object.path(field).isTextual() ? object.path(field).textValue() : null;
    }
}
