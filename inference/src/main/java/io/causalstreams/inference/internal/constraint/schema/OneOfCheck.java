package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Sees whether the branches of a {@code oneOf} exclude each other, so that a value written for one is not valid against
 * another: by their types, by {@code const} or {@code enum}, or by a property of which the same can be said.
 */
final class OneOfCheck {

    private static final int MAX_DEPTH = 8;

    private final BiFunction<JsonNode, String, SchemaNode> flatten;

    /** @param flatten a schema and its path to a schema without references and {@code allOf} at its top */
    OneOfCheck(BiFunction<JsonNode, String, SchemaNode> flatten) {
        this.flatten = flatten;
    }

    /** @throws UnsupportedConstraintException if two branches cannot be told apart, naming them */
    void check(SchemaNode node, List<JsonNode> branches) {
        List<SchemaNode> flat = new ArrayList<>();
        for (JsonNode branch : branches) {
            flat.add(flatten.apply(branch, node.pathOf("oneOf")));
        }
        for (int i = 0; i < flat.size(); i++) {
            for (int j = i + 1; j < flat.size(); j++) {
                if (!excludes(flat.get(i), flat.get(j), 0) || !excludes(flat.get(j), flat.get(i), 0)) {
                    throw node.unsupported(
                            "oneOf",
                            "has branches " + i + " and " + j + ", which a value might both meet; give each a required "
                                    + "property with its own const, or use anyOf");
                }
            }
        }
    }

    /** Whether no value written for {@code written} is valid against {@code other}. */
    private boolean excludes(SchemaNode written, SchemaNode other, int depth) {
        // A branch of its own may add types and properties to what is seen here.
        boolean complete = !written.has("anyOf") && !written.has("oneOf");
        Set<String> types = complete || written.has("type") ? JsonTypes.of(written) : Set.copyOf(JsonTypes.ALL);
        if (other.has("type") && disjoint(types, JsonTypes.of(other))) {
            return true;
        }
        List<JsonNode> values = values(written);
        if (!values.isEmpty() && other.has("type")) {
            Set<String> otherTypes = JsonTypes.of(other);
            if (values.stream().noneMatch(value -> JsonTypes.matches(value, otherTypes))) {
                return true;
            }
        }
        List<JsonNode> otherValues = values(other);
        if (!values.isEmpty() && !otherValues.isEmpty()) {
            return values.stream().noneMatch(value -> otherValues.stream().anyMatch(each -> sameValue(value, each)));
        }
        return types.equals(Set.of("object")) && depth < MAX_DEPTH && excludedByProperty(written, other, depth);
    }

    private static boolean sameValue(JsonNode a, JsonNode b) {
        return (a.isNumber() && b.isNumber()) ? a.decimalValue().compareTo(b.decimalValue()) == 0 : a.equals(b);
    }

    private boolean excludedByProperty(SchemaNode written, SchemaNode other, int depth) {
        ObjectNode mine = properties(written);
        ObjectNode theirs = properties(other);
        Set<String> required = required(written);
        JsonNode further = written.get("additionalProperties");
        boolean declared = further == null ? written.has("properties") : further.isBoolean() && !further.booleanValue();
        boolean closed = declared && !written.has("anyOf") && !written.has("oneOf");
        for (String name : required(other)) {
            if (closed && !mine.has(name) && !required.contains(name)) {
                return true;
            }
        }
        JsonNode otherFurther = other.get("additionalProperties");
        boolean otherClosed = otherFurther != null && otherFurther.isBoolean() && !otherFurther.booleanValue();
        for (String name : required) {
            if (otherClosed && !theirs.has(name)) {
                return true;
            }
            JsonNode own = mine.get(name);
            JsonNode theirOwn = theirs.get(name);
            if (own != null && theirOwn != null && own.isObject() && theirOwn.isObject()) {
                SchemaNode a = flatten.apply(own, written.pathOf(name));
                SchemaNode b = flatten.apply(theirOwn, other.pathOf(name));
                if (excludes(a, b, depth + 1)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean disjoint(Set<String> a, Set<String> b) {
        Set<String> mine = new HashSet<>(a);
        if (mine.contains("number")) {
            mine.add("integer");
        }
        Set<String> theirs = new HashSet<>(b);
        if (theirs.contains("number")) {
            theirs.add("integer");
        }
        mine.retainAll(theirs);
        return mine.isEmpty();
    }

    private static List<JsonNode> values(SchemaNode node) {
        List<JsonNode> values = new ArrayList<>();
        JsonNode constant = node.get("const");
        JsonNode listed = node.get("enum");
        if (constant != null) {
            values.add(constant);
        } else if (listed != null) {
            listed.forEach(values::add);
        }
        return values;
    }

    private static ObjectNode properties(SchemaNode node) {
        return node.get("properties") instanceof ObjectNode properties
                ? properties
                : node.json().objectNode();
    }

    private static Set<String> required(SchemaNode node) {
        Set<String> required = new HashSet<>();
        JsonNode names = node.get("required");
        if (names != null) {
            names.forEach(name -> required.add(name.asText()));
        }
        return required;
    }
}
