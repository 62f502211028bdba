package io.causalstreams.registry.internal.protobuf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import io.causalstreams.registry.SchemaRegistryException;
import io.causalstreams.registry.internal.JsonSchemas;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JSON Schema of the JSON of a message type.
 *
 * <p>Fields are called by their JSON names, in the order of the file. One without presence has to be written, for left out it would
 * say its default; one with presence may be left out, unless it is {@code required}. Of a {@code oneof} at most one is written.
 *
 * <p>Messages are definitions, so they may hold themselves.
 */
public final class MessageSchema {

    private static final String PACKAGE = "google.protobuf.";
    private static final String UINT64 = "0|[1-9]\\d{0,17}";

    private final ObjectNode definitions = JsonNodeFactory.instance.objectNode();
    private final Set<String> described = new HashSet<>();

    private MessageSchema() {}

    /** Builds it. @throws SchemaRegistryException if a field is of type {@code Any} */
    public static String of(Descriptor type) {
        MessageSchema messages = new MessageSchema();
        ObjectNode schema = messages.message(type, type.getFullName());
        schema.set("$defs", messages.definitions);
        return schema.toString();
    }

    private ObjectNode message(Descriptor type, String place) {
        ObjectNode known = wellKnown(type, place);
        if (known != null) {
            return known;
        }
        if (described.add(type.getFullName())) {
            definitions.set(type.getFullName(), object(type));
        }
        return JsonNodeFactory.instance.objectNode().put("$ref", "#/$defs/" + type.getFullName());
    }

    private ObjectNode object(Descriptor type) {
        ObjectNode object = JsonSchemas.closedObject();
        for (FieldDescriptor field : type.getFields()) {
            object.withObject("/properties").set(field.getJsonName(), field(field));
            if (field.isRequired() || !field.hasPresence()) {
                object.withArray("/required").add(field.getJsonName());
            }
        }
        type.getRealOneofs().forEach(each -> atMostOne(object, each));
        return object;
    }

    /** Behind a field of a oneof the later ones cannot come. */
    private static void atMostOne(ObjectNode object, OneofDescriptor oneof) {
        for (FieldDescriptor field : oneof.getFields()) {
            ObjectNode others = JsonNodeFactory.instance.objectNode();
            for (FieldDescriptor other : oneof.getFields()) {
                if (other.getNumber() != field.getNumber()) {
                    others.put(other.getJsonName(), false);
                }
            }
            if (!others.isEmpty()) {
                object.withObject("/dependentSchemas")
                        .putObject(field.getJsonName())
                        .set("properties", others);
            }
        }
    }

    private ObjectNode field(FieldDescriptor field) {
        if (field.isMapField()) {
            return map(field);
        }
        ObjectNode value = value(field);
        if (!field.isRepeated()) {
            return value;
        }
        ObjectNode array = JsonSchemas.typed("array");
        array.set("items", value);
        return array;
    }

    private ObjectNode map(FieldDescriptor field) {
        ObjectNode map = JsonSchemas.typed("object");
        FieldDescriptor key = field.getMessageType().findFieldByName("key");
        ObjectNode names = switch (key.getType()) {
            case BOOL -> JsonSchemas.matching("true|false");
            case INT32, SINT32, SFIXED32 -> JsonSchemas.matching("0|-?[1-9]\\d{0,8}");
            case UINT32, FIXED32 -> JsonSchemas.matching("0|[1-9]\\d{0,8}");
            case INT64, SINT64, SFIXED64 -> JsonSchemas.matching("0|-?[1-9]\\d{0,17}");
            case UINT64, FIXED64 -> JsonSchemas.matching(UINT64);
            default -> null;
        };
        if (names != null) {
            map.set("propertyNames", names);
        }
        map.set("additionalProperties", value(field.getMessageType().findFieldByName("value")));
        return map;
    }

    private ObjectNode value(FieldDescriptor field) {
        return switch (field.getType()) {
            case DOUBLE -> JsonSchemas.float64();
            case FLOAT -> JsonSchemas.float32();
            case INT32, SINT32, SFIXED32 -> JsonSchemas.int32();
            case UINT32, FIXED32 -> uint32();
            case INT64, SINT64, SFIXED64 -> JsonSchemas.int64();
            case UINT64, FIXED64 -> uint64();
            case BOOL -> JsonSchemas.typed("boolean");
            case STRING -> JsonSchemas.typed("string");
            case BYTES -> JsonSchemas.base64();
            case ENUM -> enumeration(field.getEnumType());
            case MESSAGE, GROUP -> message(field.getMessageType(), field.getFullName());
        };
    }

    private static ObjectNode uint32() {
        return JsonSchemas.typed("integer").put("minimum", 0).put("maximum", 0xFFFFFFFFL);
    }

    private static ObjectNode uint64() {
        return JsonSchemas.typed("integer").put("minimum", 0).put("maximum", 999_999_999_999_999_999L);
    }

    private static ObjectNode enumeration(EnumDescriptor type) {
        if (type.getFullName().equals(PACKAGE + "NullValue")) {
            return JsonSchemas.typed("null");
        }
        ObjectNode choice = JsonSchemas.typed("string");
        ArrayNode names = choice.putArray("enum");
        type.getValues().forEach(each -> names.add(each.getName()));
        return choice;
    }

    /** The types that have a JSON of their own. */
    private static @Nullable ObjectNode wellKnown(Descriptor type, String place) {
        String name = type.getFullName();
        if (!name.startsWith(PACKAGE)) {
            return null;
        }
        return switch (name.substring(PACKAGE.length())) {
            case "Timestamp" -> timestamp();
            case "Duration" -> JsonSchemas.matching("-?(?:0|[1-9]\\d{0,8})(?:\\.\\d{1,9})?s");
            case "FieldMask" -> {
                String path = "[a-z]+(?:[A-Z][a-z]*)*(?:\\.[a-z]+(?:[A-Z][a-z]*)*)*";
                yield JsonSchemas.matching("(?:" + path + "(?:," + path + ")*)?");
            }
            case "Struct" -> JsonSchemas.typed("object");
            case "ListValue" -> JsonSchemas.typed("array");
            case "Value" -> JsonNodeFactory.instance.objectNode();
            case "DoubleValue" -> JsonSchemas.float64();
            case "FloatValue" -> JsonSchemas.float32();
            case "Int32Value" -> JsonSchemas.int32();
            case "UInt32Value" -> uint32();
            case "Int64Value" -> JsonSchemas.int64();
            case "UInt64Value" -> uint64();
            case "BoolValue" -> JsonSchemas.typed("boolean");
            case "StringValue" -> JsonSchemas.typed("string");
            case "BytesValue" -> JsonSchemas.base64();
            case "Any" ->
                throw new SchemaRegistryException(
                        place + " is a google.protobuf.Any: which message to write into it is not said; use a oneof");
            default -> null;
        };
    }

    /** To nanoseconds, in years that Protobuf has. */
    private static ObjectNode timestamp() {
        return JsonSchemas.instant(9);
    }
}
