package io.causalstreams.inference.internal.constraint.schema;

import static io.causalstreams.inference.internal.constraint.expression.Expression.UNBOUNDED;

import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.Rule;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Arrays of which some items must meet a schema of their own ({@code contains}): a rule for every number of items, and of
 * those that count, which may stand in front.
 */
final class ArrayCounts {

    private static final int MAX_STATES = 2_000;

    private final Expressions expressions;
    private final JsonGrammar json;
    private final SchemaCompiler compiler;

    ArrayCounts(Expressions expressions, JsonGrammar json, SchemaCompiler compiler) {
        this.expressions = expressions;
        this.json = json;
        this.compiler = compiler;
    }

    Expression compile(Shape shape, int maxItems) {
        List<Shape.Contained> contained = List.copyOf(shape.contained);
        // More items, or more that count, than these change nothing any more.
        int items = Math.max(shape.prefixLength(), maxItems == UNBOUNDED ? shape.minItems : maxItems);
        long states = items + 1L;
        for (Shape.Contained each : contained) {
            states *= cap(each) + 1L;
        }
        if (states > MAX_STATES) {
            throw new UnsupportedConstraintException("keyword 'contains' with the counts beside it needs more than "
                    + MAX_STATES + " states; use smaller bounds");
        }
        Expression tail = new Tails(shape, contained, items, maxItems)
                .tail(0, new ArrayList<>(Collections.nCopies(contained.size(), 0)));
        return expressions.sequence(json.open("["), tail);
    }

    private static int cap(Shape.Contained each) {
        return each.max() == UNBOUNDED ? each.min() : each.max();
    }

    /** What may follow the first items, up to the closing bracket. */
    private final class Tails {

        private final Shape shape;
        private final List<Shape.Contained> contained;
        private final int last;
        private final int maxItems;
        private final Map<List<Integer>, Rule> rules = new HashMap<>();

        Tails(Shape shape, List<Shape.Contained> contained, int last, int maxItems) {
            this.shape = shape;
            this.contained = contained;
            this.last = last;
            this.maxItems = maxItems;
        }

        /** @param counts items in front that meet each of the schemas */
        Expression tail(int index, List<Integer> counts) {
            List<Integer> key = new ArrayList<>(counts);
            key.add(index);
            Rule known = rules.get(key);
            if (known != null) {
                return expressions.reference(known);
            }
            Rule rule = compiler.rule("the items of an array with contains");
            rules.put(key, rule);
            List<Expression> branches = new ArrayList<>();
            boolean enough = index >= shape.minItems;
            for (int i = 0; i < contained.size(); i++) {
                enough &= counts.get(i) >= contained.get(i).min();
            }
            if (enough) {
                branches.add(json.close("]", index > 0 || !counts.stream().allMatch(count -> count == 0)));
            }
            boolean full = maxItems != UNBOUNDED && index >= maxItems;
            for (int met = 0; met < 1 << contained.size() && !full; met++) {
                branches.add(item(index, counts, met));
            }
            rule.define(expressions.union(branches));
            return expressions.reference(rule);
        }

        /** An item that counts for the schemas {@code met} (a bit each), and what follows it. */
        private Expression item(int index, List<Integer> counts, int met) {
            Set<Obligation> obligations = new LinkedHashSet<>(shape.itemAt(index));
            List<Integer> next = new ArrayList<>();
            for (int i = 0; i < contained.size(); i++) {
                Shape.Contained each = contained.get(i);
                boolean counted = (met >> i & 1) != 0;
                if (counted) {
                    obligations.add(each.item());
                } else if (each.max() != UNBOUNDED) {
                    obligations.add(each.item().opposite());
                }
                int count = counts.get(i) + (counted ? 1 : 0);
                if (each.max() != UNBOUNDED && count > each.max()) {
                    return Expressions.NEVER;
                }
                next.add(Math.min(count, cap(each)));
            }
            boolean first = index == 0 && counts.stream().allMatch(count -> count == 0);
            Expression value = compiler.value(obligations);
            if (value == Expressions.NEVER) {
                return Expressions.NEVER;
            }
            // Behind the last position that matters items are the first no more.
            int following = Math.min(index + 1, Math.max(last, 1));
            return expressions.sequence(first ? Expressions.EMPTY : json.comma(), value, tail(following, next));
        }
    }
}
