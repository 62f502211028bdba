package io.causalstreams.export.internal.quantization;

import java.util.Arrays;

/**
 * Rounds blocks that are on no grid to the one, of a few, with the least squared error.
 *
 * <p>For a step and a zero point, w ≈ s·q with q = clamp(round(w / step)), from -zero point to 15 - zero point. The s of least
 * error for these q is Σqw / Σq², and the error is then Σw² - (Σqw)² / Σq². So the best grid has the largest (Σqw)² / Σq²; no
 * error has to be computed.
 *
 * <p>Many blocks are looked at together, element by element: {@code w[i][lane]} is element i of the block in a lane. Loops over
 * lanes have neither branches nor sums across iterations, and use one index for all arrays: such loops the JIT compiler turns
 * into vector instructions (with different offsets it cannot know that two arrays do not overlap).
 */
final class FourBitRounding {
    private static final int MAX = FourBitGrid.MAX;
    private static final int LANES = 512;
    /** x + this - this is x rounded to nearest, half to even, for |x| up to 2²². */
    private static final float ROUND = 0x1.8p23f;

    /** Twice as a factor of any positive number, the result is 1 at least. */
    private static final float HUGE = 0x1p126f;

    /** Ranges that are tried, in percent of the one that clips nothing. */
    private static final int WIDEST = 100;

    private static final int NARROWEST = 60;
    private static final int NARROWER = 2;

    private final float[] matrix;
    private final float[] steps;
    private final byte[] zeroPoints;
    private final byte[] packed;
    private final int[] blocks = new int[LANES];
    private int filled;

    private final float[][] w;
    private final float[] min = new float[LANES];
    private final float[] max = new float[LANES];
    private final float[] inverse = new float[LANES];
    private final float[] middle = new float[LANES];
    private final float[] step = new float[LANES];
    private final float[] score = new float[LANES];
    private final float[] better = new float[LANES];
    private final float[] bestScore = new float[LANES];
    private final float[] bestStep = new float[LANES];
    private final float[] bestZeroPoint = new float[LANES];
    private final Candidate below = new Candidate();
    private final Candidate above = new Candidate();

    /** One zero point for every lane, and what it gives. */
    private static final class Candidate {
        final float[] zeroPoint = new float[LANES];
        /** The smallest q, and {@link #ROUND}. */
        final float[] shift = new float[LANES];
        /** Twice the smallest q, and 15. */
        final float[] offset = new float[LANES];
        /** 2·Σqw. */
        final float[] product = new float[LANES];
        /** 4·Σq². */
        final float[] square = new float[LANES];

        void clear() {
            Arrays.fill(product, 0);
            Arrays.fill(square, 0);
        }
    }

    /**
     * @param matrix elements of all blocks, of which some are to be rounded
     * @param size elements of a block
     * @param steps written, one of each rounded block
     * @param zeroPoints written, as {@code steps}
     * @param packed written, two q to a byte, the earlier in the lower half
     */
    FourBitRounding(float[] matrix, int size, float[] steps, byte[] zeroPoints, byte[] packed) {
        this.matrix = matrix;
        this.w = new float[size][LANES];
        this.steps = steps;
        this.zeroPoints = zeroPoints;
        this.packed = packed;
    }

    /** Rounds a block, at the latest when {@link #finish} is called. */
    void add(int block) {
        blocks[filled] = block;
        for (int i = 0; i < w.length; i++) {
            w[i][filled] = matrix[block * w.length + i];
        }
        filled++;
        if (filled == LANES) {
            round();
        }
    }

    /** Rounds what waits. */
    void finish() {
        if (filled > 0) {
            round();
        }
    }

    private void round() {
        findRanges();
        Arrays.fill(bestScore, -1);
        for (int percent = WIDEST; percent >= NARROWEST; percent -= NARROWER) {
            choose(percent / 100f);
            sum();
            keepBetter(below);
            keepBetter(above);
        }
        quantise();
        store();
        filled = 0;
    }

    /** The ranges have zero in them. What has none gets some: all its q are 0 for whatever step. */
    private void findRanges() {
        Arrays.fill(min, 0);
        Arrays.fill(max, 0);
        for (float[] row : w) {
            widen(row, min, max);
        }
        for (int lane = 0; lane < LANES; lane++) {
            if (max[lane] - min[lane] < Float.MIN_NORMAL) {
                min[lane] = -1;
                max[lane] = 1;
            }
        }
    }

    private static void widen(float[] row, float[] min, float[] max) {
        for (int lane = 0; lane < LANES; lane++) {
            min[lane] = Math.min(min[lane], row[lane]);
            max[lane] = Math.max(max[lane], row[lane]);
        }
    }

    /** Sets the steps to a share of the range, and the zero points to the two beside the range's middle. */
    private void choose(float share) {
        divide(min, max, share, inverse, middle);
        for (int lane = 0; lane < LANES; lane++) {
            int belowMiddle = (int) middle[lane];
            below.zeroPoint[lane] = Math.max(0, Math.min(MAX, belowMiddle));
            above.zeroPoint[lane] = Math.max(0, Math.min(MAX, belowMiddle + 1));
        }
        shift(below.zeroPoint, below.shift, below.offset);
        shift(above.zeroPoint, above.shift, above.offset);
    }

    private static void shift(float[] zeroPoint, float[] shift, float[] offset) {
        for (int lane = 0; lane < LANES; lane++) {
            shift[lane] = ROUND - zeroPoint[lane];
            offset[lane] = MAX - 2 * zeroPoint[lane];
        }
    }

    private static void divide(float[] min, float[] max, float share, float[] inverse, float[] middle) {
        for (int lane = 0; lane < LANES; lane++) {
            float perStep = 1 / ((max[lane] - min[lane]) * share / MAX);
            inverse[lane] = perStep;
            middle[lane] = MAX / 2f - (max[lane] + min[lane]) / 2 * perStep;
        }
    }

    /** Rows outermost: each is in the nearest cache when the second candidate wants it. */
    private void sum() {
        below.clear();
        above.clear();
        for (float[] row : w) {
            add(row, inverse, below.shift, below.offset, below.product, below.square);
            add(row, inverse, above.shift, above.offset, above.product, above.square);
        }
    }

    /**
     * Adds an element of each block. 2·clamp(q, lowest, lowest + 15) is |v| - |v - 15| + 15 + 2·lowest with
     * v = q - lowest: whole numbers, so exact, and fewer instructions than Math.min and Math.max, which look for NaN and -0.
     */
    private static void add(
            float[] row, float[] inverse, float[] shift, float[] offset, float[] product, float[] square) {
        for (int lane = 0; lane < LANES; lane++) {
            float v = (row[lane] * inverse[lane] + ROUND) - shift[lane];
            float q = Math.abs(v) - Math.abs(v - MAX) + offset[lane];
            product[lane] += q * row[lane];
            square[lane] += q * q;
        }
    }

    /** Without branches: {@code better} is 1 or 0. */
    private void keepBetter(Candidate candidate) {
        step(candidate.product, candidate.square, step, score);
        better(score, bestScore, better);
        keep(step, better, bestStep);
        keep(candidate.zeroPoint, better, bestZeroPoint);
    }

    private static void step(float[] product, float[] square, float[] step, float[] score) {
        for (int lane = 0; lane < LANES; lane++) {
            // A sum of squares of whole numbers is 0 only where the products are, too.
            step[lane] = 2 * product[lane] / Math.max(1, square[lane]);
            score[lane] = step[lane] * product[lane];
        }
    }

    private static void better(float[] score, float[] best, float[] better) {
        for (int lane = 0; lane < LANES; lane++) {
            // 1 for the smallest difference there is.
            better[lane] = Math.min(1f, Math.max(0f, score[lane] - best[lane]) * HUGE * HUGE);
            best[lane] = Math.max(best[lane], score[lane]);
        }
    }

    private static void keep(float[] value, float[] better, float[] best) {
        for (int lane = 0; lane < LANES; lane++) {
            best[lane] = value[lane] * better[lane] + best[lane] * (1 - better[lane]);
        }
    }

    /** w ← q + zero point. */
    private void quantise() {
        for (int lane = 0; lane < LANES; lane++) {
            inverse[lane] = bestStep[lane] == 0 ? 0 : 1 / bestStep[lane];
        }
        for (float[] row : w) {
            quantise(row, inverse, bestZeroPoint);
        }
    }

    private static void quantise(float[] row, float[] inverse, float[] zeroPoint) {
        for (int lane = 0; lane < LANES; lane++) {
            float q = (row[lane] * inverse[lane] + ROUND) - ROUND + zeroPoint[lane];
            row[lane] = Math.max(0f, Math.min((float) MAX, q));
        }
    }

    private void store() {
        for (int lane = 0; lane < filled; lane++) {
            steps[blocks[lane]] = bestStep[lane];
            zeroPoints[blocks[lane]] = (byte) bestZeroPoint[lane];
        }
        for (int i = 0; i < w.length; i += 2) {
            pair(w[i], w[i + 1]);
            for (int lane = 0; lane < filled; lane++) {
                packed[blocks[lane] * w.length / 2 + i / 2] = (byte) (int) w[i][lane];
            }
        }
    }

    /** low ← both in one byte. */
    private static void pair(float[] low, float[] high) {
        for (int lane = 0; lane < LANES; lane++) {
            low[lane] += (MAX + 1) * high[lane];
        }
    }
}
