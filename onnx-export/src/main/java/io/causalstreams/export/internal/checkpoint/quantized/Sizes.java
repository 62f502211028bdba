package io.causalstreams.export.internal.checkpoint.quantized;

import io.causalstreams.export.internal.checkpoint.CheckpointException;

/** Small conversions of arrays, and the check that a matrix fits one. */
final class Sizes {
    private Sizes() {}

    /** @throws CheckpointException unless an array holds so many elements */
    static void requireArray(RawTensor part, long rows, long columns) {
        if (rows < 1 || columns < 1 || rows > (Integer.MAX_VALUE - 8L) / columns) {
            throw part.refused("stands for " + rows + " by " + columns
                    + " elements, more than one array holds; such a model cannot be exported");
        }
    }

    /** (rows, columns) to (columns, rows). */
    static float[] transposed(float[] matrix, int rows, int columns) {
        float[] result = new float[matrix.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                result[column * rows + row] = matrix[row * columns + column];
            }
        }
        return result;
    }

    static int[] unsigned(byte[] codes) {
        int[] numbers = new int[codes.length];
        for (int i = 0; i < codes.length; i++) {
            numbers[i] = codes[i] & 0xff;
        }
        return numbers;
    }
}
