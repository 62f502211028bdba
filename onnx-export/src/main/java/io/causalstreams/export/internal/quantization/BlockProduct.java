package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.block.WeightData;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.TensorData;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Weight;
import java.util.Arrays;

/**
 * Eight-bit weights in blocks of inputs, each with a scale of its own: of {@value #LARGE} where rows are whole blocks of that,
 * else of half, else of {@value #SMALL}. Larger blocks have fewer scales to read and fewer sums to scale, and are a little less
 * exact.
 *
 * <pre>
 *   x ──MatMulNBits(8 bits)──►
 * </pre>
 *
 * Needs no preparation of the decoder and leaves activations of each block in eight bits inside the kernel; slower than
 * {@link FixedStepProduct} for more than a few rows.
 */
final class BlockProduct {
    private static final int LARGE = 128;
    private static final int SMALL = 32;
    /** Activations of a block in eight bits: the fast kernels. */
    static final int ACCURACY_LEVEL = 4;

    private static final int MAX = 127;
    private static final int ZERO_POINT = 128;

    private BlockProduct() {}

    /** Shapes: x (…, inputs); result (…, outputs), fp32. */
    static Value add(Scope scope, Value x, Weight weight) {
        int outputs = weight.rows();
        int inputs = weight.columns();
        int block = blockSize(inputs, LARGE);
        int blocks = (inputs + block - 1) / block;
        float[] scales = new float[Math.multiplyExact(outputs, blocks)];
        Value elements = scope.initializer(
                "weight",
                ElementType.UINT8,
                new long[] {outputs, blocks, block},
                () -> WeightData.of(
                        weight,
                        ElementType.UINT8,
                        blocks * block,
                        (first, count, w, target) ->
                                target.put(quantise(w, inputs, block, scales, first * blocks, count * blocks))));
        Value scale = scope.reals("scale", new long[] {outputs, blocks}, () -> TensorData.floats(scales));
        return scope.node(Operator.MAT_MUL_N_BITS, "matmul")
                .inputs(x, elements, scale)
                .attribute("K", inputs)
                .attribute("N", outputs)
                .attribute("bits", 8)
                .attribute("block_size", block)
                .attribute("accuracy_level", ACCURACY_LEVEL)
                .output();
    }

    /** The largest size, {@code most} or a half, a quarter, … of it, that {@code inputs} are whole blocks of; at least {@value #SMALL}. */
    static int blockSize(int inputs, int most) {
        int size = most;
        while (size > SMALL && inputs % size != 0) {
            size /= 2;
        }
        return size;
    }

    /** Rounded, and {@code w} lost, {@code count} blocks whose scales begin at {@code at}; the last block of a row is filled up with zeros. */
    private static byte[] quantise(float[] w, int inputs, int size, float[] scales, int at, int count) {
        byte[] q = new byte[Math.multiplyExact(count, size)];
        int blocks = (inputs + size - 1) / size;
        for (int block = 0; block < count; block++) {
            int first = block % blocks * size;
            int elements = Math.min(size, inputs - first);
            int offset = block / blocks * inputs + first;
            float max = Int8Rows.largest(w, offset, elements);
            float scale = max > 0 ? max / MAX : 1;
            scales[at + block] = scale;
            divide(w, offset, elements, scale);
            int target = block * size;
            for (int i = 0; i < elements; i++) {
                q[target + i] = (byte) (Int8Rows.round(w[offset + i]) + ZERO_POINT);
            }
            Arrays.fill(q, target + elements, target + size, (byte) ZERO_POINT);
        }
        return q;
    }

    /** A loop of its own, which becomes vector instructions. */
    private static void divide(float[] w, int offset, int count, float divisor) {
        for (int i = offset; i < offset + count; i++) {
            w[i] /= divisor;
        }
    }
}
