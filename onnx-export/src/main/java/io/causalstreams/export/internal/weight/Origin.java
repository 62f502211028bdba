package io.causalstreams.export.internal.weight;

/**
 * Which rows of a stored matrix a weight consists of: row r is {@code factor} times row {@code rows.get(r)} of the tensor.
 *
 * @param tensor its name in the checkpoint
 * @param transposed whether the checkpoint stores the matrix as (inputs, outputs); rows are outputs all the same
 * @param rows of a matrix (outputs, inputs)
 */
public record Origin(String tensor, boolean transposed, ChannelOrder rows, double factor) {

    /** The tensor as it is stored, (rows, columns). */
    public static Origin stored(String tensor, int rows) {
        return new Origin(tensor, false, ChannelOrder.range(rows, 0, rows), 1);
    }

    Origin withRows(ChannelOrder order) {
        return new Origin(tensor, transposed, rows.then(order), factor);
    }

    Origin scaled(double by) {
        return new Origin(tensor, transposed, rows, factor * by);
    }

    /** All of a stored matrix, transposed. */
    Origin transposed(int columns) {
        return new Origin(tensor, !transposed, ChannelOrder.range(columns, 0, columns), factor);
    }

    /** Whether all rows are there, in order. */
    public boolean isWhole() {
        return rows.isIdentity();
    }
}
