package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An object of a JSON Schema and the path it was found at; reads keywords with their types checked.
 *
 * @param path as in {@code $.properties.name}
 */
public record SchemaNode(ObjectNode json, String path) {

    /** Keywords that say something about one type only, by type. */
    public static final Set<String> STRING_KEYWORDS = Set.of("minLength", "maxLength", "pattern", "format");

    public static final Set<String> NUMBER_KEYWORDS =
            Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");
    public static final Set<String> ARRAY_KEYWORDS =
            Set.of("items", "prefixItems", "minItems", "maxItems", "uniqueItems");
    public static final Set<String> OBJECT_KEYWORDS =
            Set.of("properties", "required", "additionalProperties", "unevaluatedProperties");

    private static final Set<String> OTHER_ASSERTIONS =
            Set.of("type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref");

    /** Keywords that do not restrict values. */
    private static final Set<String> ANNOTATIONS = Set.of(
            "$schema",
            "$id",
            "id",
            "$comment",
            "$defs",
            "definitions",
            "title",
            "description",
            "default",
            "example",
            "examples",
            "deprecated",
            "readOnly",
            "writeOnly",
            "contentEncoding",
            "contentMediaType");

    /** Refuses the first keyword that is not supported. */
    void checkKeywords() {
        json.fieldNames().forEachRemaining(keyword -> {
            if (!isAssertion(keyword) && !ANNOTATIONS.contains(keyword) && !keyword.startsWith("x-")) {
                throw unsupported(keyword, "is not supported");
            }
        });
    }

    private static boolean isAssertion(String keyword) {
        return STRING_KEYWORDS.contains(keyword)
                || NUMBER_KEYWORDS.contains(keyword)
                || ARRAY_KEYWORDS.contains(keyword)
                || OBJECT_KEYWORDS.contains(keyword)
                || OTHER_ASSERTIONS.contains(keyword);
    }

    /** A copy with the assertions only, except {@code left}. */
    SchemaNode assertionsWithout(String... left) {
        ObjectNode copy = json.objectNode();
        json.forEachEntry((keyword, value) -> {
            if (isAssertion(keyword) && !Set.of(left).contains(keyword)) {
                copy.set(keyword, value);
            }
        });
        return new SchemaNode(copy, path);
    }

    boolean isEmpty() {
        return json.isEmpty();
    }

    boolean has(String keyword) {
        return json.has(keyword);
    }

    boolean hasAny(Set<String> keywords) {
        return keywords.stream().anyMatch(json::has);
    }

    @Nullable
    JsonNode get(String keyword) {
        return json.get(keyword);
    }

    String pathOf(String keyword) {
        return path + "." + keyword;
    }

    @Nullable
    String text(String keyword) {
        JsonNode value = json.get(keyword);
        if (value != null && !value.isTextual()) {
            throw unsupported(keyword, "must be a string");
        }
        return value == null ? null : value.textValue();
    }

    @Nullable
    BigDecimal number(String keyword) {
        JsonNode value = json.get(keyword);
        if (value == null) {
            return null;
        }
        if (!value.isNumber()) {
            throw unsupported(keyword, "must be a number");
        }
        BigDecimal number = value.decimalValue().stripTrailingZeros();
        if (Math.abs((long) number.precision() - number.scale()) > NumberRanges.MAX_BOUND_DIGITS
                || Math.abs(number.scale()) > NumberRanges.MAX_BOUND_DIGITS
                || number.precision() > NumberRanges.MAX_BOUND_DIGITS) {
            throw unsupported(keyword, "has more than " + NumberRanges.MAX_BOUND_DIGITS + " digits");
        }
        return number;
    }

    /** A count; values beyond an int are the greatest int, which is {@link Expression#UNBOUNDED}. */
    int count(String keyword, int absent) {
        JsonNode value = json.get(keyword);
        if (value == null) {
            return absent;
        }
        boolean whole = value.isNumber() && value.decimalValue().signum() >= 0 && isWhole(value);
        if (!whole) {
            throw unsupported(keyword, "must be a whole number that is not negative");
        }
        return value.decimalValue().min(BigDecimal.valueOf(Integer.MAX_VALUE)).intValue();
    }

    boolean flag(String keyword) {
        JsonNode value = json.get(keyword);
        if (value != null && !value.isBoolean()) {
            throw unsupported(keyword, "must be true or false");
        }
        return value != null && value.booleanValue();
    }

    /** The elements of an array that must not be empty. */
    List<JsonNode> list(String keyword) {
        JsonNode value = json.get(keyword);
        if (value == null || !value.isArray() || value.isEmpty()) {
            throw unsupported(keyword, "must be a list with at least one element");
        }
        List<JsonNode> elements = new ArrayList<>();
        value.forEach(elements::add);
        return elements;
    }

    static boolean isWhole(JsonNode number) {
        BigDecimal value = number.decimalValue();
        return value.signum() == 0 || value.stripTrailingZeros().scale() <= 0;
    }

    UnsupportedConstraintException unsupported(String keyword, String why) {
        return new UnsupportedConstraintException("keyword '" + keyword + "' at " + path + " " + why);
    }
}
