package io.causalstreams.export.internal.weight;

/** Row-major matrices in arrays. */
final class Matrices {
    /** Columns that are turned together: a line of the cache of each row. */
    private static final int TILE = 16;

    private Matrices() {}

    /** Reads rows of a matrix that is in memory. */
    static RowReader reader(float[] matrix, int columns) {
        return (first, count, target, offset) ->
                System.arraycopy(matrix, first * columns, target, offset, count * columns);
    }

    /** The elements of {@code matrix}, (rows, columns), as (columns, rows). */
    static float[] transposed(Weight matrix) {
        int rows = matrix.rows();
        int columns = matrix.columns();
        float[] result = new float[requireSize(matrix.name(), rows, columns)];
        RowReader reader = matrix.open();
        Pieces.forEach(rows, columns, (first, count) -> {
            float[] piece = reader.read(first, count, columns);
            for (int c0 = 0; c0 < columns; c0 += TILE) {
                int end = Math.min(columns, c0 + TILE);
                for (int c = c0; c < end; c++) {
                    for (int r = 0; r < count; r++) {
                        result[c * rows + first + r] = piece[r * columns + c];
                    }
                }
            }
        });
        return result;
    }

    static void requireFit(ChannelOrder order, int size, Weight weight) {
        if (size != order.sourceSize()) {
            throw new IllegalArgumentException("%s (%d by %d): an order of %d channels does not fit"
                    .formatted(weight.name(), weight.rows(), weight.columns(), order.sourceSize()));
        }
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
