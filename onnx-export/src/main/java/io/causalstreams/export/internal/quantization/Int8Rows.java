package io.causalstreams.export.internal.quantization;

/** Rows of a matrix in eight bits: w ≈ scale of its row · q, q from -127 to 127. */
final class Int8Rows {
    private static final int MAX = 127;

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
            q[target + i] = (byte) Math.round(w[offset + i] * inverse);
        }
        return scale;
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
