package io.causalstreams.export.internal.quantization;

import java.util.Arrays;

/**
 * A matrix in four bits: blocks of {@value #BLOCK} inputs with w = step · q + minimum, q from 0 to 15.
 *
 * <p>A checkpoint that was quantised to four bits before is not rounded to yet another grid, which would cost more than both
 * roundings should: its own grid is read off its values. In a block at most 16 values occur, all at whole multiples of a step
 * from the smallest.
 */
final class FourBitBlocks {
    static final int BLOCK = 32;
    private static final int LEVELS = 16;
    private static final double ON_GRID = 0.01;

    final float[] steps;
    final float[] minima;
    /** Two to a byte, the earlier input in the lower half. */
    final byte[] packed;

    private FourBitBlocks(int blocks) {
        steps = new float[blocks];
        minima = new float[blocks];
        packed = new byte[Math.multiplyExact(blocks, BLOCK / 2)];
    }

    /** What the values of a matrix say about where they come from. */
    enum Origin {
        /** More values than four bits can hold. */
        FINER,
        /** Four bits on even steps: representable exactly. */
        EVEN_GRID,
        /** Four bits on uneven steps (such as IQ4_NL): every other four-bit grid would lose much. */
        UNEVEN_GRID
    }

    /** @param matrix rows of a multiple of {@value #BLOCK} elements */
    static Origin origin(float[] matrix) {
        boolean even = true;
        for (int offset = 0; offset < matrix.length; offset += BLOCK) {
            float[] values = distinct(matrix, offset);
            if (values.length > LEVELS) {
                return Origin.FINER;
            }
            even = even && levels(values) > 0;
        }
        return even ? Origin.EVEN_GRID : Origin.UNEVEN_GRID;
    }

    /** Exact where a block lies on an even grid, else rounded with the least squared error that a few ranges give. */
    static FourBitBlocks of(float[] matrix) {
        FourBitBlocks blocks = new FourBitBlocks(matrix.length / BLOCK);
        for (int block = 0; block < blocks.steps.length; block++) {
            int offset = block * BLOCK;
            float[] values = distinct(matrix, offset);
            int levels = values.length <= LEVELS ? levels(values) : 0;
            if (levels > 0) {
                blocks.steps[block] = (values[values.length - 1] - values[0]) / levels;
                blocks.minima[block] = values[0];
            } else {
                blocks.choose(block, matrix, values[0], values[values.length - 1]);
            }
            blocks.pack(block, matrix);
        }
        return blocks;
    }

    private void choose(int block, float[] matrix, float min, float max) {
        double best = Double.POSITIVE_INFINITY;
        for (int percent = 100; percent >= 70; percent -= 5) {
            float step = (max - min) * percent / 100 / (LEVELS - 1);
            float lowest = (max + min) / 2 - step * (LEVELS - 1) / 2;
            double error = 0;
            for (int i = 0; i < BLOCK; i++) {
                float w = matrix[block * BLOCK + i];
                double difference = w - (quantised(w, step, lowest) * step + lowest);
                error += difference * difference;
            }
            if (error < best) {
                best = error;
                steps[block] = step;
                minima[block] = lowest;
            }
        }
    }

    private void pack(int block, float[] matrix) {
        for (int i = 0; i < BLOCK; i += 2) {
            int low = quantised(matrix[block * BLOCK + i], steps[block], minima[block]);
            int high = quantised(matrix[block * BLOCK + i + 1], steps[block], minima[block]);
            packed[(block * BLOCK + i) / 2] = (byte) (low | high << 4);
        }
    }

    private static int quantised(float w, float step, float minimum) {
        return step == 0 ? 0 : Math.max(0, Math.min(LEVELS - 1, Math.round((w - minimum) / step)));
    }

    /** The different values of a block, ascending; what differs by rounding of single precision is one value. */
    private static float[] distinct(float[] matrix, int offset) {
        float[] values = Arrays.copyOfRange(matrix, offset, offset + BLOCK);
        Arrays.sort(values);
        float tolerance = Math.max(Math.abs(values[0]), Math.abs(values[BLOCK - 1])) * 1e-6f;
        int count = 1;
        for (int i = 1; i < BLOCK; i++) {
            if (values[i] - values[count - 1] > tolerance) {
                values[count++] = values[i];
            }
        }
        return Arrays.copyOf(values, count);
    }

    /** The smallest number of even steps from the first to the last value that meets all between; 0 = none up to 15. */
    private static int levels(float[] values) {
        double range = (double) values[values.length - 1] - values[0];
        for (int levels = 1; levels < LEVELS; levels++) {
            double step = range / levels;
            boolean all = true;
            for (int i = 0; all && i < values.length; i++) {
                double position = step == 0 ? 0 : (values[i] - values[0]) / step;
                all = Math.abs(position - Math.rint(position)) < ON_GRID;
            }
            if (all) {
                return levels;
            }
        }
        return 0;
    }
}
