package io.causalstreams.inference.testing;

import java.util.Random;

/** Seeds of random tests: printed, and repeatable with {@code -Dtest.seed=}. */
public final class Seeds {
    private Seeds() {}

    public static Random random() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("test.seed=" + seed);
        return new Random(seed);
    }
}
