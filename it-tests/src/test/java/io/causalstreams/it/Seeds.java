package io.causalstreams.it;

import java.util.Random;

/** Random tests that can be repeated: the seed is printed, and {@code -Dtest.seed=} sets it. */
final class Seeds {
    private Seeds() {}

    static Random random(String test) {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println(test + ": -Dtest.seed=" + seed);
        return new Random(seed);
    }
}
