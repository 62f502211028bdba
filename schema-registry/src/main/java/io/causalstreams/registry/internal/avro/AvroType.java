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

    @Nullable
    Object read(JsonNode value) {
        return reader.read(value);
    }

    /** Reads a value that meets the schema. */
    @FunctionalInterface
    interface Reader {
        @Nullable
        Object read(JsonNode value);
    }
}
