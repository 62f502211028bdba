package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.block.WeightData;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Weight;

/**
 * The embedding in half precision: a step touches a few rows, so its size counts and its speed does not. Exact enough for
 * rows of any shape; see {@link Int8Table}.
 *
 * <pre>
 *   ids ──Gather(table)──Cast──►        to the type that the graph computes in, where that is another
 * </pre>
 */
final class HalfTable {
    private HalfTable() {}

    static Value embed(Scope scope, Value ids, Weight table) {
        Value rows = scope.initializer(
                "weight",
                ElementType.FLOAT16,
                new long[] {table.rows(), table.columns()},
                () -> WeightData.halves(table));
        Value gathered = scope.apply(Operator.GATHER, "gather", rows, ids);
        ElementType reals = scope.graph().reals();
        return reals == ElementType.FLOAT16
                ? gathered
                : scope.node(Operator.CAST, "cast")
                        .inputs(gathered)
                        .attribute("to", reals.code())
                        .output();
    }
}
