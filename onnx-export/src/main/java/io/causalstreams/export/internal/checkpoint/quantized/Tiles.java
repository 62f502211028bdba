package io.causalstreams.export.internal.checkpoint.quantized;

import java.util.Arrays;

/**
 * Which elements of a matrix share a scale: a row of tiles is {@code tileRows} rows high, and a column belongs to one of
 * {@code groups}.
 *
 * <pre>
 *   whole tensor   tileRows = rows, one group         rows      tileRows = 1, one group
 *   groups         tileRows = 1, columns / size       blocks    tileRows = height, columns / width rounded up
 * </pre>
 *
 * Scales and zero points have the shape ({@link #tilesDown}, {@link #groups}).
 */
final class Tiles {
    final int rows;
    final int columns;
    final int groups;
    private final int tileRows;
    private final int[] groupOfColumn;

    private Tiles(int rows, int columns, int tileRows, int groups, int[] groupOfColumn) {
        this.rows = rows;
        this.columns = columns;
        this.tileRows = tileRows;
        this.groups = groups;
        this.groupOfColumn = groupOfColumn;
    }

    /** Tiles of {@code height} by {@code width}; those at the right and lower edge may be smaller. */
    static Tiles of(int rows, int columns, int height, int width) {
        int[] groupOfColumn = new int[columns];
        Arrays.setAll(groupOfColumn, column -> column / width);
        return new Tiles(rows, columns, height, (columns - 1) / width + 1, groupOfColumn);
    }

    /**
     * Every row for itself, columns in the groups given, as act-order leaves them.
     *
     * @param groupOfColumn its length is the number of columns
     * @throws IllegalArgumentException if a column belongs to none of the groups
     */
    static Tiles ordered(int rows, int groups, int[] groupOfColumn) {
        for (int group : groupOfColumn) {
            if (group < 0 || group >= groups) {
                throw new IllegalArgumentException("group " + group + " of " + groups);
            }
        }
        return new Tiles(rows, groupOfColumn.length, 1, groups, groupOfColumn);
    }

    int tilesDown() {
        return (rows - 1) / tileRows + 1;
    }

    /** Number of elements; fits an array, or the matrix is refused by whoever makes it. */
    int elements() {
        return Math.multiplyExact(rows, columns);
    }

    /** Place of the first scale of a row. */
    int firstOf(int row) {
        return row / tileRows * groups;
    }

    int groupOf(int column) {
        return groupOfColumn[column];
    }
}
