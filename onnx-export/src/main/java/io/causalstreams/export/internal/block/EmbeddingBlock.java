package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Weight;

/**
 * Tokens to vectors.
 *
 * <pre>
 *   input_ids ──embed──Mul(scale)──┐
 *   positions ──Gather(table)──────Add──►       where positions are learned, see {@link PositionIds}
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
        Value rows = at.reals("weight", new long[] {table.rows(), table.columns()}, () -> WeightData.floats(table));
        return at.apply(Operator.ADD, "add", x, at.apply(Operator.GATHER, "gather", rows, PositionIds.add(at, inputs)));
    }
}
