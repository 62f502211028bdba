package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Weight;

/**
 * Weights in eight bits per output channel, activations in eight bits with a step that is known beforehand: two nodes, and the
 * integer kernels that are fastest for many rows.
 *
 * <pre>
 *   x ──QuantizeLinear(range/127, 128)──MatMulIntegerToFloat──►
 * </pre>
 *
 * For the readers of a rotated residual stream. There x is a row of mean square 1, spread over its channels like normally
 * distributed numbers, so a range of a few units holds nearly all of it; what lies outside is clipped. A wider range loses
 * more to rounding than it saves from clipping: in a prototype of this graph of SmolLM2-135M, KL against fp32 with these
 * products before attention and feed-forward was 0.0076 nats at 3.5, 0.0081 at 4, 0.0107 at 5. An export's own figure is
 * that of {@code export --report}.
 */
final class FixedStepProduct {
    private static final int ZERO_POINT = 128;

    private final float step;

    /** @param range largest magnitude that is not clipped */
    FixedStepProduct(double range) {
        this.step = (float) (range / 127);
    }

    /** Shapes: x (…, inputs); result (…, outputs), fp32. Each row's result depends on that row alone. */
    Value add(Scope scope, Value x, Weight weight) {
        GraphBuilder graph = scope.graph();
        Int8Matrix matrix = Int8Matrix.add(scope, weight);
        Value q = scope.apply(
                Operator.QUANTIZE_LINEAR, "quantised", x, graph.scalar(step), graph.uint8Scalar(ZERO_POINT));
        return scope.apply(
                Operator.MAT_MUL_INTEGER_TO_FLOAT,
                "matmul",
                q,
                matrix.elements(),
                graph.scalar(step),
                matrix.scales(),
                graph.uint8Scalar(ZERO_POINT),
                matrix.zeroPoint());
    }
}
