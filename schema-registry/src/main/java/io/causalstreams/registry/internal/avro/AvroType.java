package io.causalstreams.registry.internal.avro;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * An Avro type as JSON: how its values are written, and how they are read.
 *
 * @param kind of all its values; of a union of several kinds null
 * @param schema of its values in JSON
 * @param reader from JSON to what a {@code GenericDatumWriter} without conversions writes
 */
record AvroType(@Nullable JsonKind kind, ObjectNode schema, Reader reader) {

    /** @throws IllegalArgumentException if the value is of another kind, or the type has not got it */
    @Nullable
    Object read(JsonNode value) {
        if (kind != null && JsonKind.of(value) != kind) {
            throw new IllegalArgumentException(JsonKind.of(value).named() + " instead of " + kind.named());
        }
        return reader.read(value);
    }

    /** Reads a value of the type's kind. */
    @FunctionalInterface
    interface Reader {
        @Nullable
        Object read(JsonNode value);
    }
}
