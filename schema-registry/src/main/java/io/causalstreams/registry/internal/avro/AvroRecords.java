package io.causalstreams.registry.internal.avro;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.registry.SchemaRegistryException;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * Records of an Avro schema as JSON.
 *
 * @param jsonSchema what JSON meets
 */
public record AvroRecords(Schema schema, String jsonSchema, AvroRecordReader reader) {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Of a schema. @throws SchemaRegistryException if the schema is no record */
    public static AvroRecords of(Schema schema) {
        if (schema.getType() != Schema.Type.RECORD) {
            throw new SchemaRegistryException(
                    "the Avro schema is a " + schema.getType().getName() + "; answers are written into records");
        }
        AvroTypes types = new AvroTypes();
        AvroType type = types.of(schema);
        ObjectNode json = type.schema().deepCopy();
        json.set("$defs", types.definitions());
        return new AvroRecords(schema, json.toString(), text ->
                (GenericRecord) Objects.requireNonNull(type.read(MAPPER.readTree(text))));
    }

    /** Reads JSON that meets the schema. @throws IllegalArgumentException if it is cut */
    public GenericRecord read(String json) {
        try {
            return reader.read(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Reads JSON that meets the schema. */
    @FunctionalInterface
    public interface AvroRecordReader {
        GenericRecord read(String json) throws JsonProcessingException;
    }
}
