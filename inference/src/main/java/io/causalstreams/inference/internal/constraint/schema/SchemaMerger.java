package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes "both schemas" as one schema: what {@code allOf}, keywords beside {@code $ref} and keywords beside {@code anyOf}
 * mean. Inner schemas are joined by an {@code allOf}, to be merged in turn when they are compiled.
 */
final class SchemaMerger {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private SchemaMerger() {}

    /** @throws UnsupportedConstraintException if a keyword cannot be merged, naming it */
    static SchemaNode merge(SchemaNode a, SchemaNode b) {
        ObjectNode result = JSON.objectNode().setAll(a.json());
        SchemaNode merged = new SchemaNode(result, a.path());
        if (a.hasAny(SchemaNode.OBJECT_KEYWORDS) || b.hasAny(SchemaNode.OBJECT_KEYWORDS)) {
            mergeObjects(a, b, result);
        }
        b.json().forEachEntry((keyword, value) -> {
            JsonNode mine = a.get(keyword);
            if (SchemaNode.OBJECT_KEYWORDS.contains(keyword)) {
                return;
            }
            if (keyword.equals("items") || keyword.equals("prefixItems")) {
                checkItems(a, b, keyword);
            }
            result.set(keyword, mine == null ? value : both(keyword, mine, value, merged));
        });
        return merged;
    }

    private static JsonNode both(String keyword, JsonNode a, JsonNode b, SchemaNode at) {
        if (a.equals(b)) {
            return a;
        }
        return switch (keyword) {
            case "type" -> commonTypes(a, b);
            case "enum" -> common(a, b);
            case "items" -> allOf(a, b);
            case "minimum", "exclusiveMinimum", "minLength", "minItems" -> greater(a, b);
            case "maximum", "exclusiveMaximum", "maxLength", "maxItems" ->
                greater(a, b).equals(a) ? b : a;
            case "uniqueItems" -> JSON.booleanNode(a.asBoolean() || b.asBoolean());
            default ->
                throw at.unsupported(
                        keyword, "is set twice, by parts that must both hold; that is not supported for it");
        };
    }

    private static void checkItems(SchemaNode a, SchemaNode b, String keyword) {
        boolean mixed = (a.has("prefixItems") && b.has("items")) || (b.has("prefixItems") && a.has("items"));
        if (mixed) {
            throw b.unsupported(keyword, "must hold together with items of another part; that is not supported");
        }
    }

    private static JsonNode greater(JsonNode a, JsonNode b) {
        return a.decimalValue().compareTo(b.decimalValue()) >= 0 ? a : b;
    }

    private static ArrayNode common(JsonNode a, JsonNode b) {
        ArrayNode common = JSON.arrayNode();
        for (JsonNode value : a) {
            for (JsonNode other : b) {
                if (value.equals(other)) {
                    common.add(value);
                }
            }
        }
        return common;
    }

    private static ArrayNode commonTypes(JsonNode a, JsonNode b) {
        Set<String> mine = types(a);
        Set<String> theirs = types(b);
        ArrayNode common = JSON.arrayNode();
        for (String type : mine) {
            if (theirs.contains(type) || (type.equals("integer") && theirs.contains("number"))) {
                common.add(type);
            } else if (type.equals("number") && theirs.contains("integer")) {
                common.add("integer");
            }
        }
        return common;
    }

    private static Set<String> types(JsonNode type) {
        Set<String> types = new LinkedHashSet<>();
        if (type.isTextual()) {
            types.add(type.textValue());
        }
        type.forEach(each -> types.add(each.asText()));
        return types;
    }

    private static void mergeObjects(SchemaNode a, SchemaNode b, ObjectNode result) {
        ObjectNode properties = JSON.objectNode();
        ObjectNode mine = propertiesOf(a);
        ObjectNode theirs = propertiesOf(b);
        if (mine.size() + theirs.size() > ObjectSchemas.MAX_PROPERTIES) {
            throw a.unsupported("properties", "has more than " + ObjectSchemas.MAX_PROPERTIES + " members");
        }
        JsonNode myOthers = a.get("additionalProperties");
        JsonNode theirOthers = b.get("additionalProperties");
        mine.forEachEntry((name, schema) -> {
            JsonNode other = theirs.get(name);
            properties.set(name, allOf(schema, other == null ? theirOthers : other));
        });
        theirs.forEachEntry((name, schema) -> {
            if (!mine.has(name)) {
                properties.set(name, allOf(schema, myOthers));
            }
        });
        result.remove(SchemaNode.OBJECT_KEYWORDS);
        if (a.has("properties") || b.has("properties")) {
            result.set("properties", properties);
        }
        if (a.has("required") || b.has("required")) {
            ArrayNode required = JSON.arrayNode();
            Set<String> names = new LinkedHashSet<>();
            for (SchemaNode node : new SchemaNode[] {a, b}) {
                JsonNode list = node.get("required");
                if (list != null) {
                    list.forEach(name -> names.add(name.asText()));
                }
            }
            names.forEach(required::add);
            result.set("required", required);
        }
        if (myOthers != null || theirOthers != null) {
            result.set("additionalProperties", allOf(myOthers, theirOthers));
        }
        if (a.has("unevaluatedProperties") || b.has("unevaluatedProperties")) {
            result.set("unevaluatedProperties", allOf(a.get("unevaluatedProperties"), b.get("unevaluatedProperties")));
        }
    }

    private static ObjectNode propertiesOf(SchemaNode node) {
        return node.get("properties") instanceof ObjectNode properties ? properties : JSON.objectNode();
    }

    /** Both schemas, of which {@code b} may be absent. */
    private static JsonNode allOf(@Nullable JsonNode a, @Nullable JsonNode b) {
        if (a == null || b == null) {
            return a != null ? a : b != null ? b : JSON.booleanNode(true);
        }
        if (isFalse(a) || isFalse(b)) {
            return JSON.booleanNode(false);
        }
        if (isTrue(a) || a.equals(b)) {
            return b;
        }
        return isTrue(b)
                ? a
                : JSON.objectNode().set("allOf", JSON.arrayNode().add(a).add(b));
    }

    private static boolean isTrue(JsonNode schema) {
        return schema.isBoolean() && schema.booleanValue();
    }

    private static boolean isFalse(JsonNode schema) {
        return schema.isBoolean() && !schema.booleanValue();
    }
}
