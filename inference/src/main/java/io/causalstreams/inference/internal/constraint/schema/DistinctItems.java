package io.causalstreams.inference.internal.constraint.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.expression.Rule;
import io.causalstreams.inference.internal.constraint.expression.UnsupportedConstraintException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Arrays whose items are all different, where each is one of a few values: a rule for each set of values already written. */
final class DistinctItems {

    private static final int MAX_VALUES = 10;

    private DistinctItems() {}

    static Expression compile(
            Shape shape, int max, SchemaCompiler compiler, JsonGrammar json, Expressions expressions) {
        List<JsonNode> values = values(shape, compiler);
        if (shape.prefixLength() > 0 || values == null || values.size() > MAX_VALUES || !shape.contained.isEmpty()) {
            throw new UnsupportedConstraintException(
                    "keyword 'uniqueItems' is supported for items that are one of at most " + MAX_VALUES
                            + " values; leave it out and check the result");
        }
        Rule[] rules = new Rule[1 << values.size()];
        for (int written = 0; written < rules.length; written++) {
            rules[written] = compiler.rule("the items of an array with uniqueItems");
        }
        for (int written = 0; written < rules.length; written++) {
            int count = Integer.bitCount(written);
            List<Expression> branches = new ArrayList<>();
            if (count >= shape.minItems) {
                branches.add(json.close("]", count > 0));
            }
            for (int i = 0; i < values.size() && count < max; i++) {
                if ((written >> i & 1) == 0) {
                    branches.add(expressions.sequence(
                            count == 0 ? Expressions.EMPTY : json.comma(),
                            json.scalars(List.of(values.get(i))),
                            expressions.reference(rules[written | 1 << i])));
                }
            }
            rules[written].define(expressions.union(branches));
        }
        return expressions.sequence(json.open("["), expressions.reference(rules[0]));
    }

    private static @Nullable List<JsonNode> values(Shape shape, SchemaCompiler compiler) {
        Set<JsonNode> values = new LinkedHashSet<>();
        for (Shape item : compiler.shapes(shape.itemAt(0))) {
            if (item.allowed == null || !item.matches.isEmpty()) {
                return null;
            }
            values.addAll(item.allowed);
        }
        return List.copyOf(values);
    }
}
