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
    private static final int LANES = 128;
    /** x + this - this is x rounded to nearest, half to even, for |x| up to 2²². */
    private static final float ROUND = 0x1.8p23f;

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
    private final float[] bestScore = new float[LANES];
    private final float[] bestStep = new float[LANES];
    private final float[] bestZeroPoint = new float[LANES];
    private final Candidate below = new Candidate();
    private final Candidate above = new Candidate();

    /** One zero point for every lane, and what it gives. */
    private static final class Candidate {
        final float[] zeroPoint = new float[LANES];
        final float[] lowest = new float[LANES];
        final float[] highest = new float[LANES];
        /** Σqw. */
        final float[] product = new float[LANES];
        /** Σq². */
        final float[] square = new float[LANES];
    }

    /**
     * @param blockSize elements of a block
     * @param matrix elements of all blocks, of which some are to be rounded
     * @param steps written, one of each rounded block
     * @param zeroPoints written, as {@code steps}
     * @param packed written, two q to a byte, the earlier in the lower half
     */
    FourBitRounding(int blockSize, float[] matrix, float[] steps, byte[] zeroPoints, byte[] packed) {
        this.w = new float[blockSize][LANES];
        this.matrix = matrix;
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
            sum(below);
            sum(above);
            keepBetter(below);
            keepBetter(above);
        }
        quantise();
        for (int lane = 0; lane < filled; lane++) {
            store(lane);
        }
        filled = 0;
    }

    /** The ranges have zero in them. */
    private void findRanges() {
        Arrays.fill(min, 0);
        Arrays.fill(max, 0);
        for (float[] row : w) {
            widen(row, min, max);
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
        for (int lane = 0; lane < LANES; lane++) {
            float step = (max[lane] - min[lane]) * share / MAX;
            float perStep = step == 0 ? 0 : 1 / step;
            inverse[lane] = perStep;
            int belowMiddle = (int) (MAX / 2f - (max[lane] + min[lane]) / 2 * perStep);
            choose(below, lane, belowMiddle);
            choose(above, lane, belowMiddle + 1);
        }
    }

    private static void choose(Candidate candidate, int lane, int zeroPoint) {
        int inRange = Math.max(0, Math.min(MAX, zeroPoint));
        candidate.zeroPoint[lane] = inRange;
        candidate.lowest[lane] = -inRange;
        candidate.highest[lane] = MAX - inRange;
    }

    private void sum(Candidate candidate) {
        Arrays.fill(candidate.product, 0);
        Arrays.fill(candidate.square, 0);
        for (float[] row : w) {
            add(row, inverse, candidate.lowest, candidate.highest, candidate.product, candidate.square);
        }
    }

    private static void add(
            float[] row, float[] inverse, float[] lowest, float[] highest, float[] product, float[] square) {
        for (int lane = 0; lane < LANES; lane++) {
            float rounded = (row[lane] * inverse[lane] + ROUND) - ROUND;
            float q = Math.max(lowest[lane], Math.min(highest[lane], rounded));
            product[lane] += q * row[lane];
            square[lane] += q * q;
        }
    }

    private void keepBetter(Candidate candidate) {
        for (int lane = 0; lane < LANES; lane++) {
            float square = candidate.square[lane];
            float step = square == 0 ? 0 : candidate.product[lane] / square;
            float score = step * candidate.product[lane];
            if (score > bestScore[lane]) {
                bestScore[lane] = score;
                bestStep[lane] = step;
                bestZeroPoint[lane] = candidate.zeroPoint[lane];
            }
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

    private void store(int lane) {
        int block = blocks[lane];
        steps[block] = bestStep[lane];
        zeroPoints[block] = (byte) bestZeroPoint[lane];
        int target = block * w.length / 2;
        for (int i = 0; i < w.length; i += 2) {
            packed[target + i / 2] = (byte) ((int) w[i][lane] | (int) w[i + 1][lane] << 4);
        }
    }
}
