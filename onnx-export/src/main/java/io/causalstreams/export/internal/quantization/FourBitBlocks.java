package io.causalstreams.export.internal.quantization;

import java.util.Arrays;

/**
 * A matrix in four bits: blocks of {@value #BLOCK} inputs with w = step · (q - zero point) + offset, q and zero point from 0
 * to 15.
 *
 * <p>A block that was quantised to four bits before is not rounded to yet another grid, which would cost more than both
 * roundings should: its own grid is read off its values, see {@link FourBitGrid}. Where that grid does not hold zero (Q4_1
 * stores the smallest value, not a zero point), what is left to the nearest zero point is the block's offset.
 */
final class FourBitBlocks {
    static final int BLOCK = 32;
    private static final int MAX = FourBitGrid.MAX;

    final float[] steps;
    final byte[] zeroPoints;
    final float[] offsets;
    /** Two to a byte, the earlier input in the lower half. */
    final byte[] packed;

    private FourBitBlocks(int blocks) {
        steps = new float[blocks];
        zeroPoints = new byte[blocks];
        offsets = new float[blocks];
        packed = new byte[Math.multiplyExact(blocks, BLOCK / 2)];
    }

    /** How well four bits hold a matrix. */
    enum Fit {
        /** Without offsets: exactly, or rounded where a block has more values than four bits can hold. */
        PLAIN,
        /** As {@link #PLAIN}, with an offset in some blocks. */
        WITH_OFFSETS,
        /** It is on another grid of four bits, with uneven steps (such as IQ4_NL): an even one would lose much. */
        UNEVEN
    }

    /** @param matrix rows of a multiple of {@value #BLOCK} elements */
    static Fit fit(float[] matrix) {
        boolean finer = false;
        boolean uneven = false;
        boolean offsets = false;
        for (int offset = 0; offset < matrix.length; offset += BLOCK) {
            float[] values = distinct(matrix, offset);
            FourBitGrid grid = FourBitGrid.of(values);
            if (grid != null) {
                offsets |= grid.reachesZero() && grid.offset() != 0;
            } else if (values.length > MAX + 1) {
                finer = true;
            } else {
                uneven = true;
            }
        }
        if (uneven && !finer) {
            return Fit.UNEVEN;
        }
        return offsets ? Fit.WITH_OFFSETS : Fit.PLAIN;
    }

    /** Every block on its own grid where it has one that reaches zero, else rounded to a grid of little error. */
    static FourBitBlocks of(float[] matrix) {
        FourBitBlocks blocks = new FourBitBlocks(matrix.length / BLOCK);
        for (int block = 0; block < blocks.steps.length; block++) {
            FourBitGrid grid = FourBitGrid.of(distinct(matrix, block * BLOCK));
            if (grid != null && grid.reachesZero()) {
                blocks.put(block, matrix, grid.step(), grid.zeroPoint(), grid.offset());
            } else {
                blocks.choose(block, matrix);
            }
        }
        return blocks;
    }

    /** The least squared error that a few ranges, all with zero in them, give. */
    private void choose(int block, float[] matrix) {
        float min = 0;
        float max = 0;
        for (int i = block * BLOCK; i < (block + 1) * BLOCK; i++) {
            min = Math.min(min, matrix[i]);
            max = Math.max(max, matrix[i]);
        }
        double best = Double.POSITIVE_INFINITY;
        float bestStep = 0;
        int bestZeroPoint = 0;
        for (int percent = 100; percent >= 60; percent -= 2) {
            float step = (max - min) * percent / 100 / MAX;
            float belowZero = step == 0 ? 0 : MAX / 2f - (max + min) / 2 / step;
            for (int zeroPoint = clamp((int) belowZero); zeroPoint <= clamp((int) belowZero + 1); zeroPoint++) {
                float fitted = fitted(block, matrix, step, zeroPoint);
                double error = squaredError(block, matrix, fitted, zeroPoint);
                if (error < best) {
                    best = error;
                    bestStep = fitted;
                    bestZeroPoint = zeroPoint;
                }
            }
        }
        put(block, matrix, bestStep, bestZeroPoint, 0);
    }

    /** The step with the least squared error for the elements that {@code step} gives. */
    private static float fitted(int block, float[] matrix, float step, int zeroPoint) {
        double product = 0;
        double square = 0;
        for (int i = block * BLOCK; i < (block + 1) * BLOCK; i++) {
            int q = quantised(matrix[i], step, zeroPoint) - zeroPoint;
            product += (double) q * matrix[i];
            square += (double) q * q;
        }
        return square == 0 ? step : (float) (product / square);
    }

    private static double squaredError(int block, float[] matrix, float step, int zeroPoint) {
        double error = 0;
        for (int i = block * BLOCK; i < (block + 1) * BLOCK; i++) {
            double difference = matrix[i] - step * (quantised(matrix[i], step, zeroPoint) - zeroPoint);
            error += difference * difference;
        }
        return error;
    }

    private void put(int block, float[] matrix, float step, int zeroPoint, float offset) {
        steps[block] = step;
        zeroPoints[block] = (byte) zeroPoint;
        offsets[block] = offset;
        for (int i = block * BLOCK; i < (block + 1) * BLOCK; i += 2) {
            int low = quantised(matrix[i] - offset, step, zeroPoint);
            int high = quantised(matrix[i + 1] - offset, step, zeroPoint);
            packed[i / 2] = (byte) (low | high << 4);
        }
    }

    /** This matrix with its offsets as further columns, filled up with zeros to whole blocks, which are rounded in turn. */
    FourBitBlocks withOffsetColumns(int rows) {
        int count = offsets.length / rows;
        int padded = blocksFor(count) * BLOCK;
        float[] columns = new float[Math.multiplyExact(rows, padded)];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(offsets, row * count, columns, row * padded, count);
        }
        FourBitBlocks rounded = new FourBitBlocks(columns.length / BLOCK);
        for (int block = 0; block < rounded.steps.length; block++) {
            rounded.choose(block, columns);
        }
        return beside(rounded, rows);
    }

    /** Blocks that {@code columns} fill. */
    static int blocksFor(int columns) {
        return (columns + BLOCK - 1) / BLOCK;
    }

    /** Rows of this matrix, each followed by the same row of {@code other}; offsets are left out. */
    private FourBitBlocks beside(FourBitBlocks other, int rows) {
        FourBitBlocks both = new FourBitBlocks(steps.length + other.steps.length);
        int left = steps.length / rows;
        int right = other.steps.length / rows;
        for (int row = 0; row < rows; row++) {
            both.copy(row * (left + right), this, row * left, left);
            both.copy(row * (left + right) + left, other, row * right, right);
        }
        return both;
    }

    private void copy(int target, FourBitBlocks source, int first, int count) {
        System.arraycopy(source.steps, first, steps, target, count);
        System.arraycopy(source.zeroPoints, first, zeroPoints, target, count);
        System.arraycopy(source.packed, first * BLOCK / 2, packed, target * BLOCK / 2, count * BLOCK / 2);
    }

    private static int quantised(float w, float step, int zeroPoint) {
        return clamp(step == 0 ? zeroPoint : Math.round(w / step) + zeroPoint);
    }

    private static int clamp(int q) {
        return Math.max(0, Math.min(MAX, q));
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
}
