package io.causalstreams.export.internal.quantization;

/** Rows of a matrix in eight bits: w ≈ scale of its row · q, q from -127 to 127. */
final class Int8Rows {
    private static final int MAX = 127;
    /** x + this - this is x rounded to nearest, half to even, for |x| up to 2²². */
    private static final float ROUND = 0x1.8p23f;

    private Int8Rows() {}

    /**
     * Rounds a row.
     *
     * @param w holds the row from {@code offset} on
     * @return the scale: the row's largest magnitude over 127
     */
    static float quantise(float[] w, int offset, byte[] q, int target, int columns) {
        float max = largest(w, offset, columns);
        float scale = max > 0 ? max / MAX : 1;
        float inverse = 1 / scale;
        for (int i = 0; i < columns; i++) {
            q[target + i] = (byte) round(w[offset + i] * inverse);
        }
        return scale;
    }

    /** As {@link Math#round(float)}, half up, for magnitudes up to 2²², in a fraction of the time. */
    static int round(float x) {
        float halfToEven = (x + ROUND) - ROUND;
        int q = (int) halfToEven;
        return x - halfToEven == 0.5f ? q + 1 : q;
    }

    /** The largest magnitude of {@code count} elements. */
    static float largest(float[] w, int offset, int count) {
        float max = 0;
        for (int i = offset; i < offset + count; i++) {
            max = Math.max(max, Math.abs(w[i]));
        }
        return max;
    }
}
