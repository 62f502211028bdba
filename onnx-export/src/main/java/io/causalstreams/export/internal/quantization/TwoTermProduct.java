package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import java.util.List;

/**
 * Activations in two times eight bits: what the first term leaves over is quantised again with a step
 * {@value #FINER} times finer. Both terms are rows of one product, so the weights are read once.
 *
 * <pre>
 *   u = x / m ──QuantizeLinear──► q₁ ─────────────────────────────────┐
 *         └──Sub(DequantizeLinear(q₁))──QuantizeLinear(finer)──► q₂──Concat──MatMulIntegerToFloat──Split──► y₁, y₂
 *
 *   y = m · (y₁ + y₂ / 254)
 * </pre>
 *
 * For inputs with outliers that no rotation reaches: the gated product before {@code down}.
 */
final class TwoTermProduct implements RowProduct {
    /** The remainder is at most half a step, which becomes 127 finer steps. */
    private static final int FINER = 254;

    @Override
    public Value add(Scope scope, Value x, Int8Matrix weight) {
        GraphBuilder graph = scope.graph();
        Value max = OneTermProduct.rowMax(scope, x);
        Value unit = scope.apply(Operator.DIV, "unit", x, max);
        Value first = OneTermProduct.quantised(scope, "first", unit, OneTermProduct.STEP);
        Value restored = scope.apply(
                Operator.DEQUANTIZE_LINEAR,
                "restored",
                first,
                graph.scalar(OneTermProduct.STEP),
                graph.uint8Scalar(OneTermProduct.ZERO_POINT));
        Value second = OneTermProduct.quantised(
                scope, "second", scope.apply(Operator.SUB, "remainder", unit, restored), OneTermProduct.STEP / FINER);
        Value both = scope.node(Operator.CONCAT, "terms")
                .inputs(first, second)
                .attribute("axis", -2)
                .output();
        Value products = OneTermProduct.product(scope, both, weight, OneTermProduct.STEP);
        List<Value> terms = scope.node(Operator.SPLIT, "split")
                .inputs(products)
                .attribute("axis", -2)
                .attribute("num_outputs", 2)
                .outputs(2);
        Value small = scope.apply(Operator.MUL, "small", terms.get(1), graph.scalar(1f / FINER));
        Value sum = scope.apply(Operator.ADD, "sum", terms.get(0), small);
        return scope.apply(Operator.MUL, "rescaled", sum, max);
    }
}
