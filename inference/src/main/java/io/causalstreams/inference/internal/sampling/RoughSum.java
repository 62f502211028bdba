package io.causalstreams.inference.internal.sampling;

/**
 * The sum of the weights of all tokens, roughly: in single precision, of which a processor computes twice as many at a time.
 *
 * <p>As {@link FastExp}, e^x = (e^(x/64))^64, with a Taylor polynomial of degree 6 and six squarings.
 */
final class RoughSum {
    /**
     * What the sum may be wrong by, relative. A weight above e^-16 is wrong by at most 64 · 2 roundings of the polynomial, 63 of the
     * squarings, 16 · 2 of the exponent and 66 of the sum, of 2^-24 each, and the polynomial's remainder, which is 1.8e-5 together; all
     * others are a small part of a sum that is at least 1.
     */
    static final double ERROR = 3e-5;

    private static final float LEAST = -80;
    private static final float SMALL = 1f / 64;
    private static final int STRETCH = 256;

    private RoughSum() {}

    /**
     * The sum of e^((logit - max) · scale).
     *
     * @param max the largest logit
     * @param work of at least {@code size}; overwritten
     */
    static double ofWeights(float[] logits, int size, float max, float scale, float[] work) {
        for (int i = 0; i < size; i++) {
            float r = Math.max((logits[i] - max) * scale, LEAST) * SMALL;
            float p = 1f / 720;
            p = p * r + 1f / 120;
            p = p * r + 1f / 24;
            p = p * r + 1f / 6;
            p = p * r + 1f / 2;
            p = p * r + 1;
            p = p * r + 1;
            p *= p;
            p *= p;
            p *= p;
            p *= p;
            p *= p;
            p *= p;
            work[i] = p;
        }
        double sum = 0;
        for (int from = 0; from < size; from += STRETCH) {
            sum += sum(work, from, Math.min(size, from + STRETCH));
        }
        return sum;
    }

    /** In parts, as {@link Sums}. */
    private static float sum(float[] values, int from, int to) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = from;
        for (; i + 3 < to; i += 4) {
            a += values[i];
            b += values[i + 1];
            c += values[i + 2];
            d += values[i + 3];
        }
        for (; i < to; i++) {
            a += values[i];
        }
        return a + b + (c + d);
    }
}
