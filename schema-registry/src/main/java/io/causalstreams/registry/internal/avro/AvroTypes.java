package io.causalstreams.registry.internal.avro;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.registry.internal.JsonSchemas;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.jspecify.annotations.Nullable;

/**
 * Avro types as JSON, the schema of each beside its reader, so that what one writes the other reads.
 *
 * <p>Records are objects with all their fields in order. A field whose value may be null is written as null; one that has another
 * default may be left out. Bytes are base64. Unions are those of {@link UnionType}, logical types those of {@link LogicalTexts}.
 *
 * <p>Records are definitions, so they may hold themselves.
 */
final class AvroTypes {

    private final ObjectNode definitions = JsonNodeFactory.instance.objectNode();
    private final Map<String, AvroType> records = new HashMap<>();

    /** The schemas of the records that were met, by full name. */
    ObjectNode definitions() {
        return definitions;
    }

    AvroType of(Schema schema) {
        AvroType logical = LogicalTexts.of(schema);
        if (logical != null) {
            return logical;
        }
        return switch (schema.getType()) {
            case NULL -> new AvroType(JsonKind.NULL, JsonSchemas.typed("null"), value -> null);
            case BOOLEAN -> new AvroType(JsonKind.BOOLEAN, JsonSchemas.typed("boolean"), JsonNode::booleanValue);
            case INT -> new AvroType(JsonKind.NUMBER, JsonSchemas.int32(), AvroTypes::int32);
            case LONG -> new AvroType(JsonKind.NUMBER, JsonSchemas.int64(), AvroTypes::int64);
            case FLOAT -> new AvroType(JsonKind.NUMBER, JsonSchemas.float32(), AvroTypes::float32);
            case DOUBLE -> new AvroType(JsonKind.NUMBER, JsonSchemas.float64(), AvroTypes::float64);
            case STRING -> new AvroType(JsonKind.STRING, JsonSchemas.typed("string"), JsonNode::textValue);
            case BYTES -> new AvroType(JsonKind.STRING, JsonSchemas.base64(), value -> ByteBuffer.wrap(bytes(value)));
            case FIXED ->
                new AvroType(
                        JsonKind.STRING,
                        JsonSchemas.base64(schema.getFixedSize()),
                        value -> new GenericData.Fixed(schema, bytes(value)));
            case ENUM -> enumeration(schema);
            case ARRAY -> array(schema);
            case MAP -> map(schema);
            case UNION ->
                UnionType.of(
                        schema.getTypes(),
                        schema.getTypes().stream().map(this::of).toList());
            case RECORD -> record(schema);
        };
    }

    private static Object int32(JsonNode value) {
        require(value.canConvertToExactIntegral() && value.canConvertToInt(), value, "int");
        return value.intValue();
    }

    private static Object int64(JsonNode value) {
        require(value.canConvertToExactIntegral() && value.canConvertToLong(), value, "long");
        return value.longValue();
    }

    private static Object float32(JsonNode value) {
        require(Float.isFinite(value.floatValue()), value, "float");
        return value.floatValue();
    }

    private static Object float64(JsonNode value) {
        require(Double.isFinite(value.doubleValue()), value, "double");
        return value.doubleValue();
    }

    private static void require(boolean isOne, JsonNode value, String type) {
        if (!isOne) {
            throw new IllegalArgumentException(value + " is no " + type);
        }
    }

    private static byte[] bytes(JsonNode value) {
        return Base64.getDecoder().decode(value.textValue());
    }

    private static AvroType enumeration(Schema schema) {
        ObjectNode choice = JsonSchemas.typed("string");
        ArrayNode symbols = choice.putArray("enum");
        schema.getEnumSymbols().forEach(symbols::add);
        return new AvroType(JsonKind.STRING, choice, value -> new GenericData.EnumSymbol(schema, value.textValue()));
    }

    private AvroType array(Schema schema) {
        AvroType element = of(schema.getElementType());
        ObjectNode array = JsonSchemas.typed("array");
        array.set("items", element.schema());
        return new AvroType(JsonKind.ARRAY, array, value -> {
            List<Object> all = new GenericData.Array<>(value.size(), schema);
            value.forEach(each -> all.add(element.read(each)));
            return all;
        });
    }

    private AvroType map(Schema schema) {
        AvroType element = of(schema.getValueType());
        ObjectNode map = JsonSchemas.typed("object");
        map.set("additionalProperties", element.schema());
        return new AvroType(JsonKind.OBJECT, map, value -> {
            Map<String, Object> all = new LinkedHashMap<>();
            value.properties().forEach(each -> all.put(each.getKey(), element.read(each.getValue())));
            return all;
        });
    }

    /** A record is known before its fields are, which may lead to it again. */
    private AvroType record(Schema schema) {
        String name = schema.getFullName();
        AvroType known = records.get(name);
        if (known != null) {
            return known;
        }
        ObjectNode reference = JsonNodeFactory.instance.objectNode().put("$ref", "#/$defs/" + name);
        List<Field> fields = new ArrayList<>();
        AvroType type = new AvroType(JsonKind.OBJECT, reference, value -> read(schema, fields, value));
        records.put(name, type);
        ObjectNode definition = JsonSchemas.closedObject();
        for (Schema.Field field : schema.getFields()) {
            AvroType of = of(field.schema());
            fields.add(new Field(field, of));
            ObjectNode described = of.schema();
            if (field.doc() != null) {
                described = described.deepCopy().put("description", field.doc());
            }
            definition.withObject("/properties").set(field.name(), described);
            if (!field.hasDefaultValue() || field.schema().isNullable()) {
                definition.withArray("/required").add(field.name());
            }
        }
        definitions.set(name, definition);
        return type;
    }

    private static GenericData.Record read(Schema schema, List<Field> fields, JsonNode value) {
        GenericData.Record record = new GenericData.Record(schema);
        for (Field field : fields) {
            JsonNode given = value.get(field.of().name());
            record.put(field.of().pos(), given == null ? left(field.of()) : read(field, given));
        }
        return record;
    }

    private static @Nullable Object read(Field field, JsonNode given) {
        try {
            return field.type().read(given);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(field.of().name() + ": " + e.getMessage(), e);
        }
    }

    /** What a field is that was left out. @throws org.apache.avro.AvroMissingFieldException if it must not be */
    private static @Nullable Object left(Schema.Field field) {
        return field.hasDefaultValue() || !field.schema().isNullable()
                ? GenericData.get().getDefaultValue(field)
                : null;
    }

    private record Field(Schema.Field of, AvroType type) {}
}
