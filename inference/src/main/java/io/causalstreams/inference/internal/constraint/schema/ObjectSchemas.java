package io.causalstreams.inference.internal.constraint.schema;

import static io.causalstreams.inference.internal.constraint.expression.Expression.UNBOUNDED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.causalstreams.inference.internal.constraint.expression.ByteTable;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.pattern.CharacterEncoding;
import io.causalstreams.inference.internal.constraint.pattern.Pattern;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code properties}, {@code required}, {@code additionalProperties}.
 *
 * <p>Properties are written in the order of the schema; one that is not required may be left out. Further ones follow only if
 * {@code additionalProperties} is {@code true} or a schema; a schema without {@code properties} that does not forbid them
 * means any object.
 */
final class ObjectSchemas {

    static final int MAX_PROPERTIES = 500;

    private final Expressions expressions;
    private final JsonGrammar json;
    private final SchemaCompiler compiler;

    ObjectSchemas(Expressions expressions, JsonGrammar json, SchemaCompiler compiler) {
        this.expressions = expressions;
        this.json = json;
        this.compiler = compiler;
    }

    Expression compile(SchemaNode node) {
        Set<String> required = required(node);
        JsonNode others = node.get("additionalProperties");
        boolean open = others == null ? !node.has("properties") && required.isEmpty() : !isFalse(others);
        JsonNode unevaluated = node.get("unevaluatedProperties");
        if (unevaluated != null && !(isFalse(unevaluated) && (others == null || isFalse(others)))) {
            throw node.unsupported("unevaluatedProperties", "is supported as false without additionalProperties only");
        }
        if (unevaluated != null && others == null) {
            open = false;
        }
        Map<String, JsonNode> schemas = properties(node, required, others == null ? BooleanNode.TRUE : others);
        List<Property> properties = new ArrayList<>();
        for (Map.Entry<String, JsonNode> property : schemas.entrySet()) {
            String name = property.getKey();
            Expression value = compiler.compile(property.getValue(), node.pathOf("properties") + "." + name);
            if (value != Expressions.NEVER) {
                Expression member = json.member(expressions.literal(quote(name)), value);
                properties.add(new Property(member, required.contains(name)));
            } else if (required.contains(name)) {
                return Expressions.NEVER;
            }
        }
        Expression further = open ? further(node, schemas.keySet(), others) : Expressions.NEVER;
        return json.object(members(properties, further), required.isEmpty());
    }

    /** @param member its key and value */
    private record Property(Expression member, boolean required) {}

    private static Set<String> required(SchemaNode node) {
        Set<String> required = new LinkedHashSet<>();
        JsonNode names = node.get("required");
        if (names != null && !names.isArray()) {
            throw node.unsupported("required", "must be a list of property names");
        }
        if (names != null) {
            for (JsonNode name : names) {
                if (!name.isTextual()) {
                    throw node.unsupported("required", "must be a list of property names");
                }
                required.add(name.textValue());
            }
        }
        return required;
    }

    /** The declared properties, then the required ones that are not declared. */
    private static Map<String, JsonNode> properties(SchemaNode node, Set<String> required, JsonNode others) {
        Map<String, JsonNode> schemas = new LinkedHashMap<>();
        JsonNode declared = node.get("properties");
        if (declared instanceof ObjectNode object) {
            object.forEachEntry(schemas::put);
        } else if (declared != null) {
            throw node.unsupported("properties", "must be an object");
        }
        required.forEach(name -> schemas.putIfAbsent(name, others));
        if (schemas.size() > MAX_PROPERTIES) {
            throw node.unsupported("properties", "has more than " + MAX_PROPERTIES + " members");
        }
        return schemas;
    }

    private Expression further(SchemaNode node, Collection<String> declared, @Nullable JsonNode schema) {
        Expression value =
                compiler.compile(schema == null ? BooleanNode.TRUE : schema, node.pathOf("additionalProperties"));
        return json.member(keyExcept(declared), value);
    }

    /** A key in its shortest spelling, so that it can be told from the declared ones. */
    private Expression keyExcept(Collection<String> declared) {
        if (declared.isEmpty()) {
            return json.quoted(json.stringContent(0, UNBOUNDED));
        }
        Expression any = json.quoted(Pattern.anything().toExpression(expressions, CharacterEncoding.JSON_STRING));
        Expression names =
                expressions.literals(declared.stream().map(ObjectSchemas::quote).toList());
        return ByteTable.explore(expressions.intersection(any, expressions.complement(names)), expressions);
    }

    /** At least one member, with commas between them. */
    private Expression members(List<Property> properties, Expression further) {
        Expression behind = expressions.repetition(expressions.sequence(json.comma(), further), 0, UNBOUNDED);
        Expression first = expressions.sequence(further, behind);
        for (int i = properties.size() - 1; i >= 0; i--) {
            Property property = properties.get(i);
            Expression here = expressions.sequence(property.member(), behind);
            Expression joined = expressions.sequence(json.comma(), here);
            first = property.required() ? here : expressions.union(here, first);
            behind = property.required() ? joined : expressions.union(joined, behind);
        }
        return first;
    }

    private static boolean isFalse(JsonNode schema) {
        return schema.isBoolean() && !schema.booleanValue();
    }

    static String quote(String text) {
        return TextNode.valueOf(text).toString();
    }
}
