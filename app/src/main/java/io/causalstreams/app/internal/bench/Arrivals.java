package io.causalstreams.app.internal.bench;

import java.util.SplittableRandom;

/**
 * Requests that arrive at random: a Poisson process.
 *
 * @param count requests that arrive
 * @param perSecond mean rate
 * @param decoding requests that decode all the while
 * @param seed of the moments; round r uses {@code seed + r}
 */
public record Arrivals(int count, double perSecond, int decoding, long seed) {

    /** Seconds from the start to each arrival of a round, ascending. */
    double[] moments(int round) {
        SplittableRandom random = new SplittableRandom(seed + round);
        double[] moments = new double[count];
        double now = 0;
        for (int i = 0; i < count; i++) {
            now -= Math.log(1 - random.nextDouble()) / perSecond; // gaps of a Poisson process are exponential
            moments[i] = now;
        }
        return moments;
    }
}
