package io.causalstreams.topology;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * JSON Schema of a record class: an object with every component, in order, and nothing else.
 *
 * <p>Components may be text, numbers, booleans, enums, records, and lists, arrays and maps by text of them. A value can be
 * missing, written as {@code null}, where the component is an {@link Optional} or annotated {@code @Nullable}. Integers are
 * held to the range of their type, so that what is written can be read. Text that is {@link Verbatim} is copied.
 */
final class RecordSchema {

    private static final Set<Class<?>> INTEGERS =
            Set.of(int.class, Integer.class, short.class, Short.class, byte.class, Byte.class);

    /** The integers that are written have at most 18 digits. */
    private static final Set<Class<?>> LONG_INTEGERS = Set.of(long.class, Long.class, BigInteger.class);

    private static final Set<Class<?>> NUMBERS =
            Set.of(double.class, Double.class, float.class, Float.class, BigDecimal.class);

    /** Records around the one that is described, for one that holds itself. */
    private final Set<Class<?>> around = new HashSet<>();

    private RecordSchema() {}

    /** Builds the schema. @throws IllegalArgumentException naming the component that has no JSON form */
    static String of(Class<?> type) {
        if (!type.isRecord()) {
            throw new IllegalArgumentException(type.getName() + " is no record; facts are extracted into a record");
        }
        return new RecordSchema().object(type, type.getSimpleName()).toString();
    }

    private ObjectNode object(Class<?> type, String place) {
        if (!around.add(type)) {
            throw new IllegalArgumentException(place + " is a " + type.getName() + " within a " + type.getName()
                    + "; a record must end somewhere");
        }
        ObjectNode schema = typed("object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        for (RecordComponent component : type.getRecordComponents()) {
            String name = nameOf(component);
            String valuePlace = type.getSimpleName() + "." + name;
            ObjectNode value = schema(component.getGenericType(), valuePlace);
            if (component.isAnnotationPresent(Verbatim.class) && !copy(value)) {
                throw new IllegalArgumentException(valuePlace + " is @Verbatim and no text; only text can be copied");
            }
            properties.set(name, isNullable(component) ? orNull(value) : value);
            required.add(name);
        }
        schema.put("additionalProperties", false);
        around.remove(type);
        return schema;
    }

    /** Has the text in a value copied; false if there is none. */
    private static boolean copy(JsonNode value) {
        if (value instanceof ObjectNode text && text.path("type").asText().equals("string") && !text.has("enum")) {
            text.put("x-verbatim", true);
            return true;
        }
        JsonNode inside = value.has("items") ? value.get("items") : value.path("additionalProperties");
        return value.has("anyOf") ? copy(value.get("anyOf").get(0)) : inside.isObject() && copy(inside);
    }

    private ObjectNode schema(Type type, String place) {
        if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
            return generic(raw, generic.getActualTypeArguments(), place);
        }
        if (!(type instanceof Class<?> plain)) {
            throw unsupported(type, place);
        }
        if (plain == String.class) {
            return typed("string");
        }
        if (plain == char.class || plain == Character.class) {
            return typed("string").put("pattern", "^[ -\\uD7FF]$"); // a char holds no character beyond 16 bits
        }
        if (plain == boolean.class || plain == Boolean.class) {
            return typed("boolean");
        }
        if (INTEGERS.contains(plain)) {
            return integer(plain);
        }
        if (LONG_INTEGERS.contains(plain)) {
            return typed("integer");
        }
        if (NUMBERS.contains(plain)) {
            return typed("number");
        }
        if (plain.isEnum()) {
            return choice(plain);
        }
        if (plain.isRecord()) {
            return object(plain, place);
        }
        if (plain.isArray() && plain != byte[].class) {
            return list(plain.getComponentType(), place);
        }
        throw unsupported(type, place);
    }

    private ObjectNode generic(Class<?> raw, Type[] arguments, String place) {
        if (raw == Optional.class) {
            return orNull(schema(arguments[0], place));
        }
        if (Collection.class.isAssignableFrom(raw)) {
            return list(arguments[0], place);
        }
        if (raw == Map.class && arguments[0] == String.class) {
            ObjectNode map = typed("object");
            map.set("additionalProperties", schema(arguments[1], place + "{}"));
            return map;
        }
        throw unsupported(raw, place);
    }

    private ObjectNode list(Type item, String place) {
        ObjectNode list = typed("array");
        list.set("items", schema(item, place + "[]"));
        return list;
    }

    private static ObjectNode integer(Class<?> type) {
        if (type == int.class || type == Integer.class) {
            return typed("integer").put("minimum", Integer.MIN_VALUE).put("maximum", Integer.MAX_VALUE);
        }
        return type == short.class || type == Short.class
                ? typed("integer").put("minimum", Short.MIN_VALUE).put("maximum", Short.MAX_VALUE)
                : typed("integer").put("minimum", Byte.MIN_VALUE).put("maximum", Byte.MAX_VALUE);
    }

    private static ObjectNode choice(Class<?> type) {
        ObjectNode choice = typed("string");
        ArrayNode names = choice.putArray("enum");
        for (Field field : type.getFields()) {
            if (field.isEnumConstant()) {
                JsonProperty renamed = field.getAnnotation(JsonProperty.class);
                names.add(renamed == null || renamed.value().isEmpty() ? field.getName() : renamed.value());
            }
        }
        return choice;
    }

    private static ObjectNode orNull(ObjectNode value) {
        ObjectNode either = JsonNodeFactory.instance.objectNode();
        either.putArray("anyOf").add(value).add(typed("null"));
        return either;
    }

    /** By any library's annotation of that name. */
    private static boolean isNullable(RecordComponent component) {
        return Stream.concat(
                        Stream.of(component.getAnnotatedType().getAnnotations()), Stream.of(component.getAnnotations()))
                .anyMatch(each -> each.annotationType().getSimpleName().equals("Nullable"));
    }

    private static String nameOf(RecordComponent component) {
        JsonProperty renamed = component.getAccessor().getAnnotation(JsonProperty.class);
        return renamed == null || renamed.value().isEmpty() ? component.getName() : renamed.value();
    }

    private static ObjectNode typed(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    private static IllegalArgumentException unsupported(Type type, String place) {
        return new IllegalArgumentException(
                place + " is a " + type.getTypeName()
                        + "; use text, numbers, booleans, enums and records, lists, arrays and maps by text of them, or Optional");
    }
}
