package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.TensorData;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Weight;

/**
 * A weight in eight bits with a scale for each output channel, see {@link Int8Rows}.
 *
 * @param elements (inputs, outputs), int8
 * @param scales (outputs), fp32
 * @param zeroPoint scalar, int8, 0: the default, but ONNX Runtime's rewriting for x86 without VNNI crashes where it is left
 *     out, and refuses one that two weights share
 */
record Int8Matrix(Value elements, Value scales, Value zeroPoint) {
    /** Adds {@code weight} (outputs, inputs) to the graph. */
    static Int8Matrix add(Scope scope, Weight weight) {
        int outputs = weight.rows();
        int inputs = weight.columns();
        float[] scales = new float[outputs];
        Value elements = scope.initializer(
                "weight",
                ElementType.INT8,
                new long[] {inputs, outputs},
                () -> TensorData.int8(transposed(Int8Rows.quantise(weight.read(), scales), outputs, inputs)));
        Value scale =
                scope.initializer("scale", ElementType.FLOAT, new long[] {outputs}, () -> TensorData.floats(scales));
        Value zeroPoint =
                scope.initializer("zero_point", ElementType.INT8, new long[0], () -> TensorData.int8((byte) 0));
        return new Int8Matrix(elements, scale, zeroPoint);
    }

    private static byte[] transposed(byte[] matrix, int rows, int columns) {
        byte[] result = new byte[matrix.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                result[c * rows + r] = matrix[r * columns + c];
            }
        }
        return result;
    }
}
