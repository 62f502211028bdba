package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.TensorData;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Matrices;
import io.causalstreams.export.internal.weight.Weight;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A product with {@link FourBitBlocks}.
 *
 * <pre>
 *   x ──MatMulNBits(q, step; zero point 8)───────────────────────────┐
 *   x ──Reshape(…, blocks, 32)──ReduceSum──MatMul(minimum + 8·step)──Add──►
 *
 *   Σ (step·q + minimum)·x  =  Σ step·(q - 8)·x  +  Σ over blocks (minimum + 8·step) · Σ x
 * </pre>
 *
 * The kernel knows minima only as zero points of four bits, or slowly as numbers; the sum over a block makes them a small
 * product of its own, with a 32nd of the work.
 */
final class FourBitProduct {
    private static final int ZERO_POINT = 8;

    private FourBitProduct() {}

    /** Whether rows of this many inputs are whole blocks. */
    static boolean fits(Weight weight) {
        return weight.columns() % FourBitBlocks.BLOCK == 0;
    }

    /** Shapes: x (batch, sequence, inputs); result (batch, sequence, outputs), fp32. */
    static Value add(Scope scope, Value x, Weight weight) {
        GraphBuilder graph = scope.graph();
        int outputs = weight.rows();
        int blocks = weight.columns() / FourBitBlocks.BLOCK;
        Once once = new Once(() -> FourBitBlocks.of(weight.read()));
        Value elements = scope.initializer(
                "weight",
                ElementType.UINT8,
                new long[] {outputs, blocks, FourBitBlocks.BLOCK / 2},
                () -> TensorData.uint8(once.get().packed));
        Value steps = scope.initializer(
                "scale", ElementType.FLOAT, new long[] {outputs, blocks}, () -> TensorData.floats(once.get().steps));
        Value offsets = scope.initializer(
                "offset",
                ElementType.FLOAT,
                new long[] {blocks, outputs},
                () -> TensorData.floats(offsets(once.get(), outputs, blocks)));
        Value product = scope.node(Operator.MAT_MUL_N_BITS, "matmul")
                .inputs(x, elements, steps)
                .attribute("K", weight.columns())
                .attribute("N", outputs)
                .attribute("bits", 4)
                .attribute("block_size", FourBitBlocks.BLOCK)
                .attribute("accuracy_level", BlockProduct.ACCURACY_LEVEL)
                .output();
        Value byBlock = scope.apply(Operator.RESHAPE, "by_block", x, graph.constant(0, 0, blocks, FourBitBlocks.BLOCK));
        Value sums = scope.node(Operator.REDUCE_SUM, "block_sums")
                .inputs(byBlock, graph.constant(-1))
                .attribute("keepdims", 0)
                .output();
        return scope.apply(
                Operator.ADD, "with_offsets", product, scope.apply(Operator.MAT_MUL, "offsets", sums, offsets));
    }

    private static float[] offsets(FourBitBlocks matrix, int outputs, int blocks) {
        float[] offsets = new float[matrix.steps.length];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = matrix.minima[i] + ZERO_POINT * matrix.steps[i];
        }
        return Matrices.transpose(offsets, outputs, blocks);
    }

    /** Reads and rounds a weight once for its three tensors. */
    private static final class Once {
        private final Supplier<FourBitBlocks> compute;
        private @Nullable FourBitBlocks result;

        Once(Supplier<FourBitBlocks> compute) {
            this.compute = compute;
        }

        FourBitBlocks get() {
            if (result == null) {
                result = compute.get();
            }
            return result;
        }
    }
}
