package io.causalstreams.app.internal.bench;

import java.time.Duration;

/**
 * Repeats work until the JVM hardly compiles any more of it.
 *
 * <p>Threading: one thread.
 */
final class WarmUp {
    /** Shorter ones are more chance than share. */
    private static final long WINDOW_NANOS = Duration.ofSeconds(2).toNanos();

    private final double compiled;
    private final CompilerTime compiler = new CompilerTime();
    private long nanosLeft;

    /** What is repeated. */
    interface Work {
        void run() throws InterruptedException;
    }

    /**
     * @param compiled of the time that passes, what the JVM may still compile at the end, 0..1
     * @param most to spend, all calls of {@link #repeat} together
     */
    WarmUp(double compiled, Duration most) {
        this.compiled = compiled;
        this.nanosLeft = most.toNanos();
    }

    /**
     * Runs {@code work} at least once.
     *
     * @return the share of the time the JVM compiled at the end, 0..1
     */
    double repeat(Work work) throws InterruptedException {
        double share;
        do {
            long start = System.nanoTime();
            compiler.takeSeconds();
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
