package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;

/**
 * Activations in eight bits, scaled by the largest element of their row.
 *
 * <pre>
 *   x ──Abs──ReduceMax──Max(tiny)──► m
 *   x ──Div(m)──QuantizeLinear(1/127, 128)──MatMulIntegerToFloat──Mul(m)──►
 * </pre>
 *
 * Per row and not per tensor: in a batch one request's outlier must not change its neighbours' results.
 */
final class OneTermProduct implements RowProduct {
    static final float STEP = 1 / 127f;
    static final int ZERO_POINT = 128;
    private static final float TINY = 1e-20f;

    @Override
    public Value add(Scope scope, Value x, Int8Matrix weight) {
        Value max = rowMax(scope, x);
        Value q = quantised(scope, "quantised", scope.apply(Operator.DIV, "unit", x, max), STEP);
        return scope.apply(Operator.MUL, "rescaled", product(scope, q, weight, STEP), max);
    }

    /** Shape (…, 1). */
    static Value rowMax(Scope scope, Value x) {
        GraphBuilder graph = scope.graph();
        Value max =
                scope.apply(Operator.REDUCE_MAX, "reduce_max", scope.apply(Operator.ABS, "abs", x), graph.constant(-1));
        return scope.apply(Operator.MAX, "row_max", max, graph.scalar(TINY));
    }

    static Value quantised(Scope scope, String name, Value x, float step) {
        GraphBuilder graph = scope.graph();
        return scope.apply(Operator.QUANTIZE_LINEAR, name, x, graph.scalar(step), graph.uint8Scalar(ZERO_POINT));
    }

    static Value product(Scope scope, Value q, Int8Matrix weight, float step) {
        GraphBuilder graph = scope.graph();
        return scope.apply(
                Operator.MAT_MUL_INTEGER_TO_FLOAT,
                "matmul",
                q,
                weight.elements(),
                graph.scalar(step),
                weight.scales(),
                graph.uint8Scalar(ZERO_POINT),
                weight.zeroPoint());
    }
}
