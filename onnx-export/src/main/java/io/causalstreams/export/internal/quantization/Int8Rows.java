package io.causalstreams.export.internal.quantization;

/** Rows of a matrix in eight bits: w ≈ scale of its row · q, q from -127 to 127. */
final class Int8Rows {
    private static final int MAX = 127;

    private Int8Rows() {}

    /** Rounds {@code w}, shape (scales, columns), and fills {@code scales}: a row's largest magnitude over 127. */
    static byte[] quantise(float[] w, float[] scales) {
        int columns = w.length / scales.length;
        byte[] q = new byte[w.length];
        for (int row = 0; row < scales.length; row++) {
            int begin = row * columns;
            int end = begin + columns;
            float max = 0;
            for (int i = begin; i < end; i++) {
                max = Math.max(max, Math.abs(w[i]));
            }
            scales[row] = max > 0 ? max / MAX : 1;
            float inverse = 1 / scales[row];
            for (int i = begin; i < end; i++) {
                q[i] = (byte) Math.round(w[i] * inverse);
            }
        }
        return q;
    }
}
