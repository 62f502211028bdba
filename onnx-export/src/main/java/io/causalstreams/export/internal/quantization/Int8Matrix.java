package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.TensorData;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Weight;

/**
 * A weight in eight bits: w ≈ scale of its output channel · q, q from -127 to 127.
 *
 * @param elements (inputs, outputs), int8
 * @param scales (outputs), fp32
 * @param zeroPoint scalar, int8, 0: the default, but ONNX Runtime's rewriting for x86 without VNNI crashes where it is left
 *     out, and refuses one that two weights share
 */
record Int8Matrix(Value elements, Value scales, Value zeroPoint) {
    private static final int MAX = 127;

    /** Adds {@code weight} (outputs, inputs) to the graph. */
    static Int8Matrix add(Scope scope, Weight weight) {
        int outputs = weight.rows();
        int inputs = weight.columns();
        float[] scales = new float[outputs];
        Value elements = scope.initializer("weight", ElementType.INT8, new long[] {inputs, outputs}, () -> {
            float[] w = weight.read();
            rowScales(w, inputs, scales);
            return TensorData.int8(quantise(w, inputs, scales));
        });
        Value scale =
                scope.initializer("scale", ElementType.FLOAT, new long[] {outputs}, () -> TensorData.floats(scales));
        Value zeroPoint =
                scope.initializer("zero_point", ElementType.INT8, new long[0], () -> TensorData.int8((byte) 0));
        return new Int8Matrix(elements, scale, zeroPoint);
    }

    /** Fills {@code scales} with the largest magnitude of each row of {@code inputs} elements, over 127. */
    static void rowScales(float[] w, int inputs, float[] scales) {
        for (int r = 0; r < scales.length; r++) {
            float max = 0;
            for (int c = 0; c < inputs; c++) {
                max = Math.max(max, Math.abs(w[r * inputs + c]));
            }
            scales[r] = max > 0 ? max / MAX : 1;
        }
    }

    /** Rounded and transposed. */
    private static byte[] quantise(float[] w, int inputs, float[] scales) {
        byte[] q = new byte[w.length];
        int outputs = scales.length;
        for (int r = 0; r < outputs; r++) {
            float inverse = 1 / scales[r];
            for (int c = 0; c < inputs; c++) {
                q[c * outputs + r] = (byte) Math.round(w[r * inputs + c] * inverse);
            }
        }
        return q;
    }
}
