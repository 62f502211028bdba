package io.causalstreams.inference.internal.constraint.schema;

import static io.causalstreams.inference.internal.constraint.expression.Expression.UNBOUNDED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import java.util.ArrayList;
import java.util.List;

/** {@code items}, {@code prefixItems}, {@code minItems}, {@code maxItems}. */
final class ArraySchemas {

    private static final int MAX_PREFIX = 500;

    private final Expressions expressions;
    private final JsonGrammar json;
    private final SchemaCompiler compiler;

    ArraySchemas(Expressions expressions, JsonGrammar json, SchemaCompiler compiler) {
        this.expressions = expressions;
        this.json = json;
        this.compiler = compiler;
    }

    Expression compile(SchemaNode node) {
        int min = node.count("minItems", 0);
        int max = node.count("maxItems", UNBOUNDED);
        if (min > max) {
            return Expressions.NEVER;
        }
        if (node.flag("uniqueItems") && max > 1) {
            throw node.unsupported("uniqueItems", "is not supported; leave it out and check the result");
        }
        JsonNode items = node.get("items");
        if (items != null && items.isArray()) {
            throw node.unsupported("items", "is a list; write it as prefixItems");
        }
        List<Expression> prefix = prefix(node);
        // Behind a prefix nothing is written unless it is asked for, as with additionalProperties.
        boolean closed = items == null && !prefix.isEmpty() && min <= prefix.size();
        Expression item = closed
                ? Expressions.NEVER
                : compiler.compile(items == null ? BooleanNode.TRUE : items, node.pathOf("items"));
        return prefix.isEmpty() ? uniform(item, min, max) : withPrefix(prefix, item, min, max);
    }

    private List<Expression> prefix(SchemaNode node) {
        List<Expression> prefix = new ArrayList<>();
        if (!node.has("prefixItems")) {
            return prefix;
        }
        List<JsonNode> schemas = node.list("prefixItems");
        if (schemas.size() > MAX_PREFIX) {
            throw node.unsupported("prefixItems", "has more than " + MAX_PREFIX + " elements");
        }
        for (int i = 0; i < schemas.size(); i++) {
            prefix.add(compiler.compile(schemas.get(i), node.pathOf("prefixItems") + "[" + i + "]"));
        }
        return prefix;
    }

    private Expression uniform(Expression item, int min, int max) {
        if (item == Expressions.NEVER && min > 0) {
            return Expressions.NEVER;
        }
        return json.array(item, min, max);
    }

    private Expression withPrefix(List<Expression> prefix, Expression item, int min, int max) {
        int first = Math.min(prefix.size(), max);
        Expression rest = Expressions.EMPTY;
        if (max > first) {
            rest = expressions.repetition(
                    expressions.sequence(json.comma(), item),
                    Math.max(0, min - first),
                    max == UNBOUNDED ? UNBOUNDED : max - first);
        }
        for (int i = first - 1; i >= 0; i--) {
            Expression separator = i == 0 ? Expressions.EMPTY : json.comma();
            Expression here = expressions.sequence(separator, prefix.get(i), rest);
            rest = i > 0 && i >= min ? expressions.optional(here) : here;
        }
        return json.array(first == 0 ? Expressions.NEVER : rest, min == 0);
    }
}
