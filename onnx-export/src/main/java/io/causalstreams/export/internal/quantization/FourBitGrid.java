package io.causalstreams.export.internal.quantization;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Even steps that all values of a block lie on: value = step · (q - zero point) + offset, q and zero point from 0 to 15.
 *
 * @param offset 0 where zero is on the grid, at most half a step where it is in between, more where the grid does not reach it
 */
record FourBitGrid(float step, int zeroPoint, float offset) {
    /** Elements of a matrix's row that share a grid. */
    static final int BLOCK = 32;

    /** The largest q and zero point. */
    static final int MAX = 15;

    /** In steps. */
    private static final double ON_GRID = 0.01;

    /**
     * The grid of a block, or null if it has none.
     *
     * @param offset the block's first element
     */
    static @Nullable FourBitGrid ofBlock(float[] matrix, int offset) {
        return possible(matrix, offset, BLOCK) ? of(distinct(matrix, offset)) : null;
    }

    /** The different values of a block, ascending; what differs by rounding of single precision is one value. */
    static float[] distinct(float[] matrix, int offset) {
        float[] values = Arrays.copyOfRange(matrix, offset, offset + BLOCK);
        Arrays.sort(values);
        float tolerance = Math.max(Math.abs(values[0]), Math.abs(values[values.length - 1])) * 1e-6f;
        int count = 1;
        for (int i = 1; i < values.length; i++) {
            if (values[i] - values[count - 1] > tolerance) {
                values[count++] = values[i];
            }
        }
        return Arrays.copyOf(values, count);
    }

    /**
     * The coarsest grid that holds zero too, else the coarsest.
     *
     * @param values different ones, ascending
     * @return null if there is none
     */
    static @Nullable FourBitGrid of(float[] values) {
        FourBitGrid coarsest = null;
        double range = (double) values[values.length - 1] - values[0];
        for (int levels = 1; levels <= MAX; levels++) {
            double step = range == 0 ? Math.abs((double) values[0]) : range / levels;
            FourBitGrid grid = meets(values, step) ? from(values[0], step, levels) : null;
            if (grid != null && grid.offset == 0) {
                return grid;
            }
            coarsest = coarsest == null ? grid : coarsest;
        }
        return coarsest;
    }

    /**
     * Whether there may be a grid for {@code count} elements from {@code offset} on. False is certain; nearly always of
     * elements that were not rounded to a grid, and then it took one look at one of them for every number of levels.
     */
    static boolean possible(float[] values, int offset, int count) {
        float min = values[offset];
        float max = min;
        for (int i = offset + 1; i < offset + count; i++) {
            min = Math.min(min, values[i]);
            max = Math.max(max, values[i]);
        }
        float range = max - min;
        if (!(range >= Float.MIN_NORMAL)) {
            return true;
        }
        float perRange = 1 / range;
        for (int levels = 1; levels <= MAX; levels++) {
            float inverse = levels * perRange;
            int i = offset;
            while (i < offset + count && nearly((values[i] - min) * inverse)) {
                i++;
            }
            if (i == offset + count) {
                return true;
            }
        }
        return false;
    }

    /** Whether a position, from 0 to {@value #MAX}, is that of a level, as far as single precision can say. */
    private static boolean nearly(float position) {
        return Math.abs(position - (int) (position + 0.5f)) < ON_GRID + 0.001;
    }

    /** Whether the offset is at most half a step. */
    boolean reachesZero() {
        return Math.abs(offset) <= (0.5 + ON_GRID) * step;
    }

    private static boolean meets(float[] values, double step) {
        for (float value : values) {
            double position = step == 0 ? 0 : (value - values[0]) / step;
            if (Math.abs(position - Math.rint(position)) >= ON_GRID) {
                return false;
            }
        }
        return true;
    }

    /** The grid of {@code levels} steps from {@code lowest} up. */
    private static FourBitGrid from(float lowest, double step, int levels) {
        if (step == 0) {
            return new FourBitGrid(0, 0, 0);
        }
        double steps = -lowest / step;
        int belowZero = Math.max(levels - MAX, Math.min(MAX, (int) Math.rint(steps)));
        boolean zero = Math.abs(steps - belowZero) < ON_GRID;
        return new FourBitGrid((float) step, Math.max(0, belowZero), zero ? 0 : (float) (lowest + belowZero * step));
    }
}
