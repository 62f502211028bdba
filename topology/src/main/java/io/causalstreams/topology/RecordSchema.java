package io.causalstreams.topology;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * JSON Schema of a record class: an object with every component, in order, and nothing else.
 *
 * <p>Components may be text, numbers, booleans, enums, lists of these, and records.
 */
final class RecordSchema {

    private static final Set<Class<?>> INTEGERS = Set.of(
            int.class,
            Integer.class,
            long.class,
            Long.class,
            short.class,
            Short.class,
            byte.class,
            Byte.class,
            BigInteger.class);
    private static final Set<Class<?>> NUMBERS =
            Set.of(double.class, Double.class, float.class, Float.class, BigDecimal.class);

    private RecordSchema() {}

    /** Builds the schema. @throws IllegalArgumentException naming the component that has no JSON form */
    static String of(Class<?> type) {
        if (!type.isRecord()) {
            throw new IllegalArgumentException(type.getName() + " is no record; facts are extracted into a record");
        }
        return object(type).toString();
    }

    private static ObjectNode object(Class<?> type) {
        ObjectNode schema = typed("object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        for (RecordComponent component : type.getRecordComponents()) {
            String name = nameOf(component);
            properties.set(name, schema(component.getGenericType(), type.getSimpleName() + "." + name));
            required.add(name);
        }
        schema.put("additionalProperties", false);
        return schema;
    }

    private static ObjectNode schema(Type type, String place) {
        if (type instanceof ParameterizedType generic
                && generic.getRawType() instanceof Class<?> raw
                && Collection.class.isAssignableFrom(raw)) {
            ObjectNode list = typed("array");
            list.set("items", schema(generic.getActualTypeArguments()[0], place + "[]"));
            return list;
        }
        if (!(type instanceof Class<?> plain)) {
            throw unsupported(type, place);
        }
        if (plain == String.class || plain == char.class || plain == Character.class) {
            return typed("string");
        }
        if (plain == boolean.class || plain == Boolean.class) {
            return typed("boolean");
        }
        if (INTEGERS.contains(plain)) {
            return typed("integer");
        }
        if (NUMBERS.contains(plain)) {
            return typed("number");
        }
        if (plain.isEnum()) {
            ObjectNode choice = typed("string");
            ArrayNode names = choice.putArray("enum");
            List.of(plain.getEnumConstants()).forEach(each -> names.add(((Enum<?>) each).name()));
            return choice;
        }
        if (plain.isRecord()) {
            return object(plain);
        }
        throw unsupported(type, place);
    }

    private static String nameOf(RecordComponent component) {
        JsonProperty renamed = component.getAccessor().getAnnotation(JsonProperty.class);
        return renamed == null || renamed.value().isEmpty() ? component.getName() : renamed.value();
    }

    private static ObjectNode typed(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    private static IllegalArgumentException unsupported(Type type, String place) {
        return new IllegalArgumentException(place + " is a " + type.getTypeName()
                + "; use text, numbers, booleans, enums, records and lists of them");
    }
}
