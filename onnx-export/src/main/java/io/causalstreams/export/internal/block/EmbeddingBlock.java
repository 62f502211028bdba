package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.TensorData;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Weight;

/**
 * Tokens to vectors.
 *
 * <pre>
 *   input_ids ──embed──Mul(scale)──┐
 *   positions ──Gather(table)──────Add──►       where positions are learned
 *
 *   position of new token j of row r = seqlens_k[r] + 1 - sequence + j
 * </pre>
 *
 * Shape of the result: (batch, sequence, hidden).
 */
final class EmbeddingBlock {
    private final Arithmetic arithmetic;
    private final GraphInputs inputs;

    EmbeddingBlock(Arithmetic arithmetic, GraphInputs inputs) {
        this.arithmetic = arithmetic;
        this.inputs = inputs;
    }

    Value add(Scope scope, Decoder decoder) {
        Value x = arithmetic.embed(scope, inputs.inputIds(), decoder.tokenTable());
        if (decoder.embeddingScale() != 1) {
            x = scope.apply(Operator.MUL, "scaled", x, scope.graph().scalar((float) decoder.embeddingScale()));
        }
        Weight table = decoder.positionTable();
        if (table == null) {
            return x;
        }
        Scope at = scope.at("position");
        Value rows = at.initializer(
                "weight",
                ElementType.FLOAT,
                new long[] {table.rows(), table.columns()},
                () -> TensorData.floats(table.read()));
        return at.apply(Operator.ADD, "add", x, at.apply(Operator.GATHER, "gather", rows, positions(at)));
    }

    /** Shape (batch, sequence), int64. */
    private Value positions(Scope scope) {
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
