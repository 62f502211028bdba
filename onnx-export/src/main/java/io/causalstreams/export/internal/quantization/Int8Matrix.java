package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.TensorData;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Pieces;
import io.causalstreams.export.internal.weight.RowReader;
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
    /** Columns that are turned together: a line of the cache of each row. */
    private static final int TILE = 64;

    /** Adds {@code weight} (outputs, inputs) to the graph. */
    static Int8Matrix add(Scope scope, Weight weight) {
        int outputs = weight.rows();
        int inputs = weight.columns();
        float[] scales = new float[outputs];
        Value elements = scope.initializer(
                "weight",
                ElementType.INT8,
                new long[] {inputs, outputs},
                () -> TensorData.int8(quantisedTransposed(weight, scales)));
        Value scale =
                scope.initializer("scale", ElementType.FLOAT, new long[] {outputs}, () -> TensorData.floats(scales));
        Value zeroPoint =
                scope.initializer("zero_point", ElementType.INT8, new long[0], () -> TensorData.int8((byte) 0));
        return new Int8Matrix(elements, scale, zeroPoint);
    }

    /** (inputs, outputs); fills {@code scales}. */
    private static byte[] quantisedTransposed(Weight weight, float[] scales) {
        int rows = weight.rows();
        int columns = weight.columns();
        byte[] result = new byte[Math.multiplyExact(rows, columns)];
        RowReader reader = weight.open();
        Pieces.forEach(rows, columns, (first, count) -> {
            float[] piece = reader.read(first, count, columns);
            byte[] q = new byte[piece.length];
            for (int r = 0; r < count; r++) {
                scales[first + r] = Int8Rows.quantise(piece, r * columns, q, r * columns, columns);
            }
            for (int c0 = 0; c0 < columns; c0 += TILE) {
                int end = Math.min(columns, c0 + TILE);
                for (int c = c0; c < end; c++) {
                    for (int r = 0; r < count; r++) {
                        result[c * rows + first + r] = q[r * columns + c];
                    }
                }
            }
        });
        return result;
    }
}
