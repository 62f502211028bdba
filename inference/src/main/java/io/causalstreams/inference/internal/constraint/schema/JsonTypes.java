package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The {@code type} keyword. */
final class JsonTypes {

    static final List<String> ALL = List.of("string", "number", "integer", "boolean", "null", "array", "object");

    private JsonTypes() {}

    /** The types a schema names, or else those its keywords speak about, or else all (where number includes integer). */
    static Set<String> of(SchemaNode node) {
        Set<String> types = new LinkedHashSet<>();
        JsonNode type = node.get("type");
        if (type != null) {
            (type.isArray() ? type : node.json().arrayNode().add(type)).forEach(name -> types.add(named(name, node)));
        } else {
            addIf(node.hasAny(SchemaNode.STRING_KEYWORDS), "string", types);
            addIf(node.hasAny(SchemaNode.NUMBER_KEYWORDS), "number", types);
            addIf(node.hasAny(SchemaNode.ARRAY_KEYWORDS), "array", types);
            addIf(node.hasAny(SchemaNode.OBJECT_KEYWORDS), "object", types);
            if (types.isEmpty()) {
                types.addAll(ALL);
            }
        }
        if (types.contains("number")) {
            types.remove("integer");
        }
        return types;
    }

    private static void addIf(boolean condition, String type, Set<String> types) {
        if (condition) {
            types.add(type);
        }
    }

    private static String named(JsonNode name, SchemaNode node) {
        if (!name.isTextual() || !ALL.contains(name.textValue())) {
            throw node.unsupported("type", "is " + name + "; it must be one of " + ALL);
        }
        return name.textValue();
    }

    static boolean matches(JsonNode value, Set<String> types) {
        return switch (value.getNodeType()) {
            case STRING -> types.contains("string");
            case NUMBER -> types.contains("number") || (types.contains("integer") && SchemaNode.isWhole(value));
            case BOOLEAN -> types.contains("boolean");
            case NULL -> types.contains("null");
            case ARRAY -> types.contains("array");
            default -> types.contains("object");
        };
    }
}
