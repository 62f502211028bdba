package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.TensorData;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Weight;
import java.util.HashMap;
import java.util.Map;

/**
 * Weights in eight bits per output channel, activations in eight bits with a step for each row, both after blocks of
 * inputs have been rotated by the same R: (x·Rᵀ)·(W·Rᵀ)ᵀ = x·Wᵀ.
 *
 * <pre>
 *   x ──by blocks·Rᵀ──┬──Abs──ReduceMax──Max(tiny)──·1/127──┬── step
 *                     └──────────────────────────────Div────┘
 *                                                     │
 *   QuantizeLinear(1, 128)──MatMulIntegerToFloat──Mul(step)──►
 * </pre>
 *
 * For inputs with outliers, such as the gated product of a feed-forward: an outlier alone would make the step of its row too
 * coarse for all other channels; rotated, it is shared by the {@value #LARGE} channels of its block and a ninth of its size. The
 * rotation has 2·{@value #LARGE} operations for each input, a few percent of a product's, and takes the integer kernels, which are twice as
 * fast for many rows as those of {@link BlockProduct}.
 */
final class SpreadRowProduct {
    private static final int LARGE = 128;
    private static final int ZERO_POINT = 128;
    /** Of a row of zeros. */
    private static final float SMALLEST = 1e-30f;

    /** Of a graph, by size; products share them. */
    private final Map<Integer, Value> rotations = new HashMap<>();

    /** Whether rows are whole blocks. */
    static boolean fits(Weight weight) {
        int columns = weight.columns();
        return columns % BlockProduct.blockSize(columns, LARGE) == 0;
    }

    /** Shapes: x (batch, sequence, inputs); result (batch, sequence, outputs), fp32. Each row's result depends on that row alone. */
    Value add(Scope scope, Value x, Weight weight) {
        GraphBuilder graph = scope.graph();
        OrthogonalTransform transform = new OrthogonalTransform(BlockProduct.blockSize(weight.columns(), LARGE));
        Value spread = rotated(scope, x, weight.columns(), transform);
        Value step = step(scope, spread);
        Value scaled = scope.apply(Operator.DIV, "scaled", spread, step);
        Value q = scope.apply(
                Operator.QUANTIZE_LINEAR, "quantised", scaled, graph.scalar(1f), graph.uint8Scalar(ZERO_POINT));
        Int8Matrix matrix = Int8Matrix.add(scope, weight.eachRow("·Rᵀ", () -> transform::applyToRows));
        Value product = scope.apply(
                Operator.MAT_MUL_INTEGER_TO_FLOAT,
                "matmul",
                q,
                matrix.elements(),
                graph.scalar(1f),
                matrix.scales(),
                graph.uint8Scalar(ZERO_POINT),
                matrix.zeroPoint());
        return scope.apply(Operator.MUL, "rescaled", product, step);
    }

    private Value rotated(Scope scope, Value x, int inputs, OrthogonalTransform transform) {
        GraphBuilder graph = scope.graph();
        int size = transform.size();
        Value rotation = rotations.computeIfAbsent(size, each -> rotation(scope, transform));
        Value blocks = scope.apply(Operator.RESHAPE, "by_block", x, graph.constant(0, 0, inputs / size, size));
        Value spread = scope.apply(Operator.MAT_MUL, "rotate", blocks, rotation);
        return scope.apply(Operator.RESHAPE, "spread", spread, graph.constant(0, 0, inputs));
    }

    /** Rᵀ: row i is R applied to the unit vector i. */
    private static Value rotation(Scope scope, OrthogonalTransform transform) {
        int size = transform.size();
        float[] rows = new float[size * size];
        for (int i = 0; i < size; i++) {
            rows[i * size + i] = 1;
        }
        transform.applyToRows(rows, 0, size, size);
        return scope.initializer("rotation", ElementType.FLOAT, new long[] {size, size}, () -> TensorData.floats(rows));
    }

    /** Shape (batch, sequence, 1). */
    private static Value step(Scope scope, Value x) {
        GraphBuilder graph = scope.graph();
        Value magnitudes = scope.apply(Operator.ABS, "magnitudes", x);
        Value largest = scope.apply(Operator.REDUCE_MAX, "largest", magnitudes, graph.constant(-1));
        Value range = scope.apply(Operator.MAX, "range", largest, graph.scalar(SMALLEST));
        return scope.apply(Operator.MUL, "step", range, graph.scalar(1 / 127f));
    }
}
