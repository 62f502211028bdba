package io.causalstreams.inference.internal.constraint.schema;

import static io.causalstreams.inference.internal.constraint.expression.Expression.UNBOUNDED;

import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Arrays: their items, their number, and those that must be among them. */
final class ArraySchemas {

    private static final int MAX_PREFIX = 500;

    private final Expressions expressions;
    private final JsonGrammar json;
    private final SchemaCompiler compiler;
    private final ArrayCounts counts;
    private final boolean open;

    ArraySchemas(Expressions expressions, JsonGrammar json, SchemaCompiler compiler, boolean open) {
        this.expressions = expressions;
        this.json = json;
        this.compiler = compiler;
        this.counts = new ArrayCounts(expressions, json, compiler);
        this.open = open;
    }

    Expression compile(Shape shape) {
        int prefixLength = shape.prefixLength();
        if (prefixLength > MAX_PREFIX) {
            throw new UnsupportedConstraintException("an array has more than " + MAX_PREFIX + " items of their own");
        }
        // Behind a prefix nothing is written unless it is asked for, as with additionalProperties.
        boolean closed = !open
                && prefixLength > 0
                && shape.minItems <= prefixLength
                && shape.contained.isEmpty()
                && shape.items.stream().allMatch(each -> each.rest() == null);
        int max = closed ? Math.min(shape.maxItems, prefixLength) : shape.maxItems;
        if (shape.unique && max > 1) {
            return DistinctItems.compile(shape, max, compiler, json, expressions);
        }
        if (!shape.contained.isEmpty()) {
            return counts.compile(shape, max);
        }
        Expression item = max <= prefixLength ? Expressions.NEVER : compiler.value(shape.itemAt(prefixLength));
        if (prefixLength == 0) {
            return item == Expressions.NEVER && shape.minItems > 0
                    ? Expressions.NEVER
                    : json.array(item, shape.minItems, max);
        }
        List<Expression> prefix = new ArrayList<>();
        for (int i = 0; i < prefixLength; i++) {
            prefix.add(compiler.value(shape.itemAt(i)));
        }
        return withPrefix(prefix, item, shape.minItems, max);
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
            rest = i > 0 && i >= min ? expressions.union(here, Expressions.EMPTY) : here;
        }
        return json.array(first == 0 ? Expressions.NEVER : rest, min == 0);
    }

    /** The obligations and one more. */
    static Set<Obligation> and(Set<Obligation> obligations, Obligation more) {
        Set<Obligation> all = new LinkedHashSet<>(obligations);
        all.add(more);
        return all;
    }
}
