package io.causalstreams.registry.internal.avro;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** What can be told of a JSON value at its first character. */
enum JsonKind {
    NULL,
    BOOLEAN,
    NUMBER,
    STRING,
    ARRAY,
    OBJECT;

    static JsonKind of(JsonNode value) {
        return switch (value.getNodeType()) {
            case NULL, MISSING -> NULL;
            case BOOLEAN -> BOOLEAN;
            case NUMBER -> NUMBER;
            case STRING, BINARY -> STRING;
            case ARRAY -> ARRAY;
            case OBJECT, POJO -> OBJECT;
        };
    }

    /** For messages. */
    String named() {
        return name().toLowerCase(Locale.ROOT);
    }
}
