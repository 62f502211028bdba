package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;

/**
 * Positions of the tokens of a pass, where an operator does not count them itself.
 *
 * <pre>
 *   position of new token j of row r = seqlens_k[r] + 1 - sequence + j
 * </pre>
 */
final class PositionIds {
    private PositionIds() {}

    /** Shape (batch, sequence), int64. */
    static Value add(Scope scope, GraphInputs inputs) {
        GraphBuilder graph = scope.graph();
        Value sequence = scope.apply(
                Operator.SQUEEZE,
                "sequence",
                scope.node(Operator.SHAPE, "shape")
                        .inputs(inputs.inputIds())
                        .attribute("start", 1)
                        .attribute("end", 2)
                        .output(),
                graph.constant(0));
        Value first = scope.apply(Operator.SUB, "first", graph.scalar(1), sequence);
        Value offsets = scope.apply(Operator.RANGE, "offsets", first, graph.scalar(1), graph.scalar(1));
        Value last = scope.node(Operator.CAST, "last")
                .inputs(inputs.seqlensK())
                .attribute("to", ElementType.INT64.code())
                .output();
        return scope.apply(
                Operator.ADD, "ids", scope.apply(Operator.UNSQUEEZE, "last_by_row", last, graph.constant(1)), offsets);
    }
}
