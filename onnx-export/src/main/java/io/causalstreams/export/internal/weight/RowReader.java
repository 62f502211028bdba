package io.causalstreams.export.internal.weight;

/**
 * Reads rows of a {@link Weight}.
 *
 * <p>Threading: any number of threads at once.
 */
@FunctionalInterface
public interface RowReader {

    /** Fills {@code target} from {@code offset} on with the rows {@code first} to {@code first + count - 1}. */
    void read(int first, int count, float[] target, int offset);

    /** The rows in an array of their own. */
    default float[] read(int first, int count, int columns) {
        float[] rows = new float[Math.multiplyExact(count, columns)];
        read(first, count, rows, 0);
        return rows;
    }
}
