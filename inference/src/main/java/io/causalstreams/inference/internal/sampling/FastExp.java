package io.causalstreams.inference.internal.sampling;

/**
 * e^x for many x ≤ 0, several times faster than {@link Math#exp}: a softmax over a vocabulary is little else.
 *
 * <p>e^x = (e^(x/1024))^1024: a Taylor polynomial of degree 8 for the small argument, then ten squarings. Nothing but
 * additions and products on consecutive elements, so the compiler computes several at a time; a table of powers, with fewer
 * operations for one element, cannot be read that way.
 *
 * <p>Error: the squarings double that of the polynomial each time; relative below 2e-13 for results above 4e-18, 4e-12 above
 * 1e-45, 2e-4 at the least result. e^0 is exactly 1; nothing is 0.
 */
final class FastExp {
    /** Below, the result is that of this: a number under 1e-303. */
    private static final double LEAST = -700;

    private static final double SMALL = 1.0 / 1024;

    private FastExp() {}

    /** Replaces each of the first {@code size} elements x by e^x; they are not NaN and not above 0. */
    static void ofNonPositive(double[] x, int size) {
        for (int i = 0; i < size; i++) {
            double r = Math.max(x[i], LEAST) * SMALL;
            double p = 1.0 / 40320;
            p = p * r + 1.0 / 5040;
            p = p * r + 1.0 / 720;
            p = p * r + 1.0 / 120;
            p = p * r + 1.0 / 24;
            p = p * r + 1.0 / 6;
            p = p * r + 1.0 / 2;
            p = p * r + 1;
            p = p * r + 1;
            p *= p;
            p *= p;
            p *= p;
            p *= p;
            p *= p;
            p *= p;
            p *= p;
            p *= p;
            p *= p;
            p *= p;
            x[i] = p;
        }
    }
}
