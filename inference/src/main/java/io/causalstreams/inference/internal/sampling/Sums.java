package io.causalstreams.inference.internal.sampling;

/** Sums of many numbers. */
final class Sums {
    private Sums() {}

    /**
     * The sum of {@code values[from..to)}, in four interleaved parts: an addition takes longer than until the next can begin,
     * unless it waits for the one before.
     */
    static double of(double[] values, int from, int to) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
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
