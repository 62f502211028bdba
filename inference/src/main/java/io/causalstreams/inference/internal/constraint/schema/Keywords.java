package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keywords of a schema object, read with their types checked; {@code null} is as good as absent. */
record Keywords(ObjectNode json, String path) {

    /** Ours: the string is words in a row of a text, the request's ({@code true}) or one that is given. */
    static final String VERBATIM = "x-verbatim";

    /** The keywords that say something about values; all others are annotations. */
    static final Set<String> ASSERTIONS = Set.of(
            "$ref",
            "$dynamicRef",
            "$recursiveRef",
            "type",
            "enum",
            "const",
            "nullable",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minLength",
            "maxLength",
            "pattern",
            "format",
            VERBATIM,
            "items",
            "prefixItems",
            "additionalItems",
            "minItems",
            "maxItems",
            "uniqueItems",
            "contains",
            "minContains",
            "maxContains",
            "unevaluatedItems",
            "properties",
            "patternProperties",
            "additionalProperties",
            "propertyNames",
            "required",
            "minProperties",
            "maxProperties",
            "unevaluatedProperties",
            "dependentRequired",
            "dependentSchemas",
            "dependencies",
            "allOf",
            "anyOf",
            "oneOf",
            "not",
            "if",
            "then",
            "else");

    /** Whether {@code keyword} is the only one that says something. */
    boolean saysOnly(String keyword) {
        if (!has(keyword)) {
            return false;
        }
        for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!name.equals(keyword) && ASSERTIONS.contains(name)) {
                return false;
            }
        }
        return true;
    }

    @Nullable
    JsonNode get(String keyword) {
        JsonNode value = json.get(keyword);
        return value == null || (value.isNull() && !keyword.equals("const")) ? null : value;
    }

    boolean has(String keyword) {
        return get(keyword) != null;
    }

    @Nullable
    String text(String keyword) {
        JsonNode value = get(keyword);
        if (value != null && !value.isTextual()) {
            throw unsupported(keyword, "must be a string");
        }
        return value == null ? null : value.textValue();
    }

    @Nullable
    BigDecimal number(String keyword) {
        JsonNode value = get(keyword);
        if (value == null) {
            return null;
        }
        if (!value.isNumber()) {
            throw unsupported(keyword, "must be a number");
        }
        return value.decimalValue().stripTrailingZeros();
    }

    /** A count; values beyond an int are the greatest int, which is {@link Expression#UNBOUNDED}. */
    int count(String keyword, int absent) {
        JsonNode value = get(keyword);
        if (value == null) {
            return absent;
        }
        if (!value.isNumber() || value.decimalValue().signum() < 0 || !JsonValues.isWhole(value)) {
            throw unsupported(keyword, "must be a whole number that is not negative");
        }
        return value.decimalValue().min(BigDecimal.valueOf(Integer.MAX_VALUE)).intValue();
    }

    boolean flag(String keyword) {
        JsonNode value = get(keyword);
        if (value != null && !value.isBoolean()) {
            throw unsupported(keyword, "must be true or false");
        }
        return value != null && value.booleanValue();
    }

    /** The elements of an array; none if it is absent. */
    List<JsonNode> list(String keyword) {
        JsonNode value = get(keyword);
        if (value != null && !value.isArray()) {
            throw unsupported(keyword, "must be a list");
        }
        List<JsonNode> elements = new ArrayList<>();
        if (value != null) {
            value.forEach(elements::add);
        }
        return elements;
    }

    /** The strings of an array; none if it is absent. */
    List<String> names(String keyword) {
        List<String> names = new ArrayList<>();
        for (JsonNode name : list(keyword)) {
            if (!name.isTextual()) {
                throw unsupported(keyword, "must be a list of strings");
            }
            names.add(name.textValue());
        }
        return names;
    }

    /** The names in an object; none if it is absent. */
    List<String> members(String keyword) {
        JsonNode value = get(keyword);
        if (value != null && !value.isObject()) {
            throw unsupported(keyword, "must be an object");
        }
        List<String> names = new ArrayList<>();
        if (value != null) {
            value.fieldNames().forEachRemaining(names::add);
        }
        return names;
    }

    UnsupportedConstraintException unsupported(String keyword, String why) {
        return new UnsupportedConstraintException("keyword '" + keyword + "' at " + path + " " + why);
    }
}
