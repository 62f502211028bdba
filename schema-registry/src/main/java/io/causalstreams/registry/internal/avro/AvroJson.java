package io.causalstreams.registry.internal.avro;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * Avro data as plain JSON, as events have it: a field that is null is left out, the value of a union stands alone, bytes are base64.
 * Logical types are the numbers and bytes under them.
 */
public final class AvroJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private AvroJson() {}

    /** A datum without conversions of logical types. */
    public static JsonNode of(@Nullable Object datum) {
        if (datum == null) {
            return JSON.nullNode();
        } else if (datum instanceof IndexedRecord record) {
            return object(record);
        } else if (datum instanceof Collection<?> all) {
            ArrayNode array = JSON.arrayNode();
            all.forEach(each -> array.add(of(each)));
            return array;
        } else if (datum instanceof Map<?, ?> map) {
            ObjectNode object = JSON.objectNode();
            map.forEach((key, value) -> object.set(String.valueOf(key), of(value)));
            return object;
        } else if (datum instanceof Integer number) {
            return JSON.numberNode(number);
        } else if (datum instanceof Long number) {
            return JSON.numberNode(number);
        } else if (datum instanceof Float number) {
            return JSON.numberNode(number);
        } else if (datum instanceof Double number) {
            return JSON.numberNode(number);
        } else if (datum instanceof Boolean truth) {
            return JSON.booleanNode(truth);
        } else if (datum instanceof ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            return JSON.textNode(Base64.getEncoder().encodeToString(copy));
        } else if (datum instanceof GenericFixed fixed) {
            return JSON.textNode(Base64.getEncoder().encodeToString(fixed.bytes()));
        }
        return JSON.textNode(datum.toString()); // texts and enums
    }

    private static ObjectNode object(IndexedRecord record) {
        ObjectNode object = JSON.objectNode();
        for (Schema.Field field : record.getSchema().getFields()) {
            Object value = record.get(field.pos());
            if (value != null) {
                object.set(field.name(), of(value));
            }
        }
        return object;
    }
}
