package io.causalstreams.export.internal.quantization;

/**
 * A matrix in four bits: blocks of inputs with w = step · (q - zero point) + offset, q and zero point from 0 to 15.
 *
 * <p>A block that was quantised to four bits before is not rounded to yet another grid, which would cost more than both
 * roundings should: its own grid is read off its values, {@value FourBitGrid#BLOCK} at a time, see {@link FourBitGrid}. Where that grid does not hold zero (Q4_1
 * stores the smallest value, not a zero point), what is left to the nearest zero point is the block's offset.
 */
final class FourBitBlocks {
    private static final int BLOCK = FourBitGrid.BLOCK;
    private static final int MAX = FourBitGrid.MAX;

    /** Elements of a block. */
    final int size;

    final float[] steps;
    final byte[] zeroPoints;
    final float[] offsets;
    /** Two to a byte, the earlier input in the lower half. */
    final byte[] packed;

    private FourBitBlocks(int blocks, int size) {
        this.size = size;
        steps = new float[blocks];
        zeroPoints = new byte[blocks];
        offsets = new float[blocks];
        packed = new byte[Math.multiplyExact(blocks, size / 2)];
    }

    /** Every block on its own grid where it has one that reaches zero, else rounded to a grid of little error. */
    static FourBitBlocks of(float[] matrix) {
        FourBitBlocks blocks = new FourBitBlocks(matrix.length / BLOCK, BLOCK);
        FourBitRounding rounding = blocks.rounding(matrix);
        for (int block = 0; block < blocks.steps.length; block++) {
            FourBitGrid grid = FourBitGrid.ofBlock(matrix, block * BLOCK);
            if (grid != null && grid.reachesZero()) {
                blocks.put(block, matrix, grid.step(), grid.zeroPoint(), grid.offset());
            } else {
                rounding.add(block);
            }
        }
        rounding.finish();
        return blocks;
    }

    /** Every block of {@code size} rounded to a grid of little error, without offsets. */
    static FourBitBlocks rounded(float[] matrix, int size) {
        FourBitBlocks blocks = new FourBitBlocks(matrix.length / size, size);
        FourBitRounding rounding = blocks.rounding(matrix);
        for (int block = 0; block < blocks.steps.length; block++) {
            rounding.add(block);
        }
        rounding.finish();
        return blocks;
    }

    private FourBitRounding rounding(float[] matrix) {
        return new FourBitRounding(matrix, size, steps, zeroPoints, packed);
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
        return beside(rounded(columns, BLOCK), rows);
    }

    /** Blocks that {@code columns} fill. */
    static int blocksFor(int columns) {
        return (columns + BLOCK - 1) / BLOCK;
    }

    /** Rows of this matrix, each followed by the same row of {@code other}; offsets are left out. */
    private FourBitBlocks beside(FourBitBlocks other, int rows) {
        FourBitBlocks both = new FourBitBlocks(steps.length + other.steps.length, size);
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
        System.arraycopy(source.packed, first * size / 2, packed, target * size / 2, count * size / 2);
    }

    private static int quantised(float w, float step, int zeroPoint) {
        return clamp(step == 0 ? zeroPoint : Math.round(w / step) + zeroPoint);
    }

    private static int clamp(int q) {
        return Math.max(0, Math.min(MAX, q));
    }
}
