package io.causalstreams.app.internal.bench;

import java.time.Duration;

/** Repeats work until the JVM hardly compiles any more of it. */
final class WarmUp {
    /** Of the time that passes, what the JVM may still compile when something is measured. */
    static final double COMPILED = 0.02;

    /** Shorter ones are more chance than share. */
    private static final long WINDOW_NANOS = Duration.ofSeconds(2).toNanos();

    private WarmUp() {}

    /** What is repeated. */
    interface Work {
        void run() throws InterruptedException;
    }

    /**
     * Runs {@code work} at least once.
     *
     * @param compiled share of the time that the JVM may still compile at the end, 0..1
     * @param most after this long it is not repeated any more
     * @return the share of the time the JVM compiled at the end, 0..1
     */
    static double repeat(double compiled, Duration most, Work work) throws InterruptedException {
        CompilerTime compiler = new CompilerTime();
        long nanosLeft = most.toNanos();
        double share;
        do {
            long start = System.nanoTime();
            do {
                work.run();
            } while (System.nanoTime() - start < WINDOW_NANOS);
            long passed = System.nanoTime() - start;
            share = compiler.takeSeconds() * 1e9 / passed;
            nanosLeft -= passed;
        } while (share > compiled && nanosLeft > 0);
        return share;
    }
}
