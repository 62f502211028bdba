package io.causalstreams.topology.event;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.GenerationException.Invalid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Typed access to the fields of a JSON object. An absent field and a null one are the same; a wrong type or range is an
 * {@link Invalid} naming the field. Messages name the type that was found, never a text value: prompts stay private.
 *
 * @param object the JSON object
 * @param owner prefix for messages, empty or ending in a dot
 * @param parameter the request field errors name; null = the field itself
 */
record FieldReader(JsonNode object, String owner, @Nullable String parameter) {

    static FieldReader of(JsonNode object) {
        return new FieldReader(object, "", null);
    }

    @Nullable
    JsonNode value(String field) {
        JsonNode node = object.get(field);
        return node == null || node.isNull() ? null : node;
    }

    @Nullable
    String string(String field) {
        JsonNode node = value(field);
        if (node == null) {
            return null;
        }
        if (!node.isTextual()) {
            throw wrongType(field, node, "a string");
        }
        return text(node);
    }

    /** The text; half a surrogate pair, which JSON can hold and UTF-8 cannot, becomes a question mark. */
    static String text(JsonNode node) {
        String text = node.textValue();
        return StandardCharsets.UTF_8.newEncoder().canEncode(text)
                ? text
                : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    @Nullable
    Boolean bool(String field) {
        JsonNode node = value(field);
        if (node == null) {
            return null;
        }
        if (!node.isBoolean()) {
            throw wrongType(field, node, "true or false");
        }
        return node.booleanValue();
    }

    /** A number without a fraction: 5 and, as in JSON Schema, 5.0. */
    @Nullable
    Long integer(String field, long min, long max) {
        JsonNode node = value(field);
        return node == null ? null : Long.valueOf(integer(field, node, min, max));
    }

    @Nullable
    Integer int32(String field, int min, int max) {
        Long value = integer(field, min, max);
        return value == null ? null : Math.toIntExact(value);
    }

    @Nullable
    Double number(String field, double min, double max) {
        JsonNode node = value(field);
        return node == null ? null : Double.valueOf(number(field, node, min, max));
    }

    double number(String field, JsonNode node, double min, double max) {
        if (!node.isNumber()) {
            throw wrongType(field, node, "a number");
        }
        double value = node.doubleValue();
        if (!(value >= min && value <= max)) {
            throw invalid(field, "is " + node.asText() + "; it must be between " + plain(min) + " and " + plain(max));
        }
        return value;
    }

    long integer(String field, JsonNode node, long min, long max) {
        if (!node.isNumber()) {
            throw wrongType(field, node, "an integer");
        }
        boolean whole = node.isIntegralNumber()
                || (Math.rint(node.doubleValue()) == node.doubleValue() && Math.abs(node.doubleValue()) < 0x1p53);
        if (!whole) {
            throw invalid(field, "is " + node.asText() + "; it must be an integer");
        }
        if (!node.canConvertToLong() || node.longValue() < min || node.longValue() > max) {
            throw invalid(field, "is " + node.asText() + "; it must be between " + min + " and " + max);
        }
        return node.longValue();
    }

    @Nullable
    JsonNode array(String field) {
        JsonNode node = value(field);
        if (node != null && !node.isArray()) {
            throw wrongType(field, node, "a list");
        }
        return node;
    }

    @Nullable
    FieldReader object(String field) {
        JsonNode node = value(field);
        if (node == null) {
            return null;
        }
        if (!node.isObject()) {
            throw wrongType(field, node, "an object");
        }
        return new FieldReader(node, owner + field + ".", parameter == null ? field : parameter);
    }

    @Nullable
    List<String> strings(String field) {
        JsonNode list = array(field);
        if (list == null) {
            return null;
        }
        List<String> strings = new ArrayList<>(list.size());
        for (JsonNode each : list) {
            if (!each.isTextual()) {
                throw wrongType(field + "[" + strings.size() + "]", field, each, "a string");
            }
            strings.add(text(each));
        }
        return strings;
    }

    @Nullable
    List<Integer> tokenIds(String field) {
        JsonNode list = array(field);
        return list == null ? null : tokenIds(field, list);
    }

    List<Integer> tokenIds(String field, JsonNode list) {
        List<Integer> ids = new ArrayList<>(list.size());
        for (JsonNode each : list) {
            ids.add((int) integer(field, each, 0, Integer.MAX_VALUE));
        }
        return ids;
    }

    Invalid wrongType(String field, JsonNode found, String wanted) {
        return wrongType(field, field, found, wanted);
    }

    Invalid invalid(String field, String problem) {
        return new Invalid(parameter == null ? field : parameter, owner + field + " " + problem);
    }

    private Invalid wrongType(String place, String field, JsonNode found, String wanted) {
        return new Invalid(
                parameter == null ? field : parameter,
                owner + place + " is " + typeOf(found) + "; it must be " + wanted);
    }

    static String typeOf(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "a list";
            case BOOLEAN -> "the boolean " + node.asText();
            case NUMBER -> "the number " + node.asText();
            case STRING -> "a string";
            case OBJECT, POJO -> "an object";
            case NULL -> "null";
            case BINARY, MISSING -> "nothing";
        };
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) && Math.abs(bound) < 1e15
                ? Long.toString((long) bound)
                : Double.toString(bound);
    }
}
