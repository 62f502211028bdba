package io.causalstreams.export.internal.weight;

/** Row-major matrices in arrays. */
public final class Matrices {
    private static final int TILE = 32;

    private Matrices() {}

    /** Turns (rows, columns) into (columns, rows). */
    public static float[] transpose(float[] matrix, int rows, int columns) {
        float[] result = new float[matrix.length];
        for (int r0 = 0; r0 < rows; r0 += TILE) {
            for (int c0 = 0; c0 < columns; c0 += TILE) {
                for (int r = r0; r < Math.min(rows, r0 + TILE); r++) {
                    for (int c = c0; c < Math.min(columns, c0 + TILE); c++) {
                        result[c * rows + r] = matrix[r * columns + c];
                    }
                }
            }
        }
        return result;
    }

    /**
     * Elements of a matrix, as the length of an array.
     *
     * @throws IllegalArgumentException if an array cannot hold them
     */
    static int requireSize(String name, int rows, int columns) {
        long size = (long) rows * columns;
        if (rows < 1 || columns < 1 || size > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "%s: %d by %d elements do not fit in memory at once".formatted(name, rows, columns));
        }
        return (int) size;
    }
}
