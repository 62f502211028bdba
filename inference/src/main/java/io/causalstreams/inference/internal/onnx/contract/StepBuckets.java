package io.causalstreams.inference.internal.onnx.contract;

/**
 * Sizes in which decode steps are recorded: rows in powers of two, lengths in powers of four, so that few recordings serve all
 * steps. A step of fewer rows is filled up, one of shorter rows says a larger upper bound.
 *
 * @param slots the most rows
 * @param positions the greatest length
 */
record StepBuckets(int slots, int positions) {
    /** Below this, an upper bound of the length costs nothing. */
    static final int SHORTEST = 1024;

    private static final int STEP = 4;

    /** The smallest recorded number of rows that is at least {@code rows}. */
    int rows(int rows) {
        int power = Integer.highestOneBit(rows);
        return Math.min(slots, power == rows ? rows : 2 * power);
    }

    /** The smallest recorded upper bound of the length that is at least {@code length}. */
    int length(int length) {
        long bound = SHORTEST;
        while (bound < length) {
            bound *= STEP;
        }
        return (int) Math.min(positions, bound);
    }

    /** A number for each pair of the two, from 1 on: 0 is what ONNX Runtime takes where none is given. */
    int number(int rows, int length) {
        int order = 0;
        for (long bound = SHORTEST; bound < length; bound *= STEP) {
            order++;
        }
        return 1 + order * (slots + 1) + rows;
    }
}
