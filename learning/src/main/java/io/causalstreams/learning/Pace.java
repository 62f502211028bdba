package io.causalstreams.learning;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * How fast a round may go beside an engine: at its full speed while nothing is asked; else it works a share of the time, in pieces of a
 * layer; and while a first token is due, a third of that share, so that it goes on beside an engine that is never done.
 *
 * <p>Threading: one thread.
 */
final class Pace {
    private static final int PATIENCE = 2;
    private static final long LOOK_NANOS = 2_000_000L;

    private final FirstTokens engine;
    private final double share;
    private long resumedNanos = System.nanoTime();

    /** @param share of the time that it works beside a busy engine, above 0 to 1 */
    Pace(FirstTokens engine, double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("the share of the time is " + share + "; it must be above 0, at most 1");
        }
        this.engine = engine;
        this.share = share;
    }

    /** A piece of work comes next. @throws Tuner.StoppedException if the round is to end */
    void beforeWork(BooleanSupplier stopped) {
        long workedNanos = System.nanoTime() - resumedNanos;
        if (engine.running() > 0) {
            long restNanos = (long) (workedNanos * (1 / share - 1));
            long restUntil = System.nanoTime() + restNanos;
            while (System.nanoTime() < restUntil && engine.running() > 0 && !stopped.getAsBoolean()) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
            long patienceEnds = System.nanoTime() + PATIENCE * restNanos;
            while (engine.due() > 0 && System.nanoTime() < patienceEnds && !stopped.getAsBoolean()) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
        if (stopped.getAsBoolean()) {
            throw new Tuner.StoppedException();
        }
        resumedNanos = System.nanoTime();
    }
}
