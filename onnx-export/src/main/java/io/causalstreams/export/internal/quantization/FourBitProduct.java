package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.block.WeightData;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.NodeBuilder;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.TensorData;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Weight;

/**
 * A product with {@link FourBitBlocks}.
 *
 * <pre>
 *   x ──MatMulNBits(q, step, zero point)──►
 *
 *   with offsets:
 *   x ──Reshape(…, blocks, 32)──ReduceSum──┐
 *   x ───────────────────────────────────Concat──MatMulNBits(q | offsets in four bits, step, zero point)──►
 *
 *   Σ (step·(q - zero point) + offset)·x  =  Σ step·(q - zero point)·x  +  Σ over blocks offset · Σ x
 * </pre>
 *
 * The fast kernels know zero points of four bits only, and a block of offsets for every 32 blocks of elements takes less time
 * than a product of its own. Four bits are enough for offsets: each is at most half a step of its block's elements.
 */
final class FourBitProduct {
    private FourBitProduct() {}

    /** Whether rows of this many inputs are whole blocks. */
    static boolean fits(Weight weight) {
        return weight.columns() % FourBitGrid.BLOCK == 0;
    }

    /**
     * Shapes: x (batch, sequence, inputs); result (batch, sequence, outputs), fp32.
     *
     * @param fit whether the weight has a grid to keep, and offsets; else they are left out
     * @param blockSize of a weight that has none; less where rows are not whole blocks of it
     */
    static Value add(Scope scope, Value x, Weight weight, FourBitFit fit, int blockSize) {
        boolean offsets = fit == FourBitFit.WITH_OFFSETS;
        int outputs = weight.rows();
        int size = fit == FourBitFit.FINER ? BlockProduct.blockSize(weight.columns(), blockSize) : FourBitGrid.BLOCK;
        int ofInputs = weight.columns() / size;
        int blocks = ofInputs + (offsets ? FourBitBlocks.blocksFor(ofInputs) : 0);
        float[] scales = new float[Math.multiplyExact(outputs, blocks)];
        byte[] zeros = new byte[Math.multiplyExact(outputs, (blocks + 1) / 2)];
        Value elements = scope.initializer(
                "weight",
                ElementType.UINT8,
                new long[] {outputs, blocks, size / 2},
                () -> WeightData.of(weight, ElementType.UINT8, blocks * size / 2, (first, count, rows, target) -> {
                    FourBitBlocks matrix = blocks(rows, count, fit, size);
                    target.put(matrix.packed);
                    System.arraycopy(matrix.steps, 0, scales, first * blocks, matrix.steps.length);
                    putPairs(matrix.zeroPoints, blocks, zeros, first * ((blocks + 1) / 2));
                }));
        Value steps = scope.reals("scale", new long[] {outputs, blocks}, () -> TensorData.floats(scales));
        Value zeroPoints = scope.initializer(
                "zero_point", ElementType.UINT8, new long[] {outputs, (blocks + 1) / 2}, () -> TensorData.uint8(zeros));
        NodeBuilder product = scope.node(Operator.MAT_MUL_N_BITS, "matmul");
        product.inputs(offsets ? withBlockSums(scope, x, ofInputs) : x, elements, steps, zeroPoints)
                .attribute("K", weight.columns() + (offsets ? ofInputs : 0))
                .attribute("N", outputs)
                .attribute("bits", 4)
                .attribute("block_size", size)
                .attribute("accuracy_level", BlockProduct.ACCURACY_LEVEL);
        return product.output();
    }

    private static FourBitBlocks blocks(float[] matrix, int rows, FourBitFit fit, int size) {
        return switch (fit) {
            case FINER -> FourBitBlocks.rounded(matrix, size);
            case WITH_OFFSETS -> FourBitBlocks.of(matrix).withOffsetColumns(rows);
            case PLAIN, UNEVEN -> FourBitBlocks.of(matrix);
        };
    }

    private static Value withBlockSums(Scope scope, Value x, int blocks) {
        GraphBuilder graph = scope.graph();
        Value byBlock = scope.apply(Operator.RESHAPE, "by_block", x, graph.constant(0, 0, blocks, FourBitGrid.BLOCK));
        Value sums = scope.node(Operator.REDUCE_SUM, "block_sums")
                .inputs(byBlock, graph.constant(-1))
                .attribute("keepdims", 0)
                .output();
        return scope.node(Operator.CONCAT, "with_sums")
                .inputs(x, sums)
                .attribute("axis", -1)
                .output();
    }

    /** Two to a byte, the earlier block in the lower half; every row begins with a byte of its own. */
    private static void putPairs(byte[] zeroPoints, int blocks, byte[] target, int offset) {
        int bytes = (blocks + 1) / 2;
        for (int i = 0; i < zeroPoints.length; i++) {
            target[offset + i / blocks * bytes + i % blocks / 2] |= (byte) (zeroPoints[i] << (i % blocks % 2 * 4));
        }
    }
}
