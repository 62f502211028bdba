package io.causalstreams.learning.internal;

import io.causalstreams.learning.Tuner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs rounds beside the stream thread, which asks for results and never waits.
 *
 * <p>Threading: the stream thread calls; a round runs on a thread of its own, one at a time.
 */
final class TuningThread {
    private static final Logger log = LoggerFactory.getLogger(TuningThread.class);

    private final Tuner tuner;
    private @Nullable Run current;

    TuningThread(Tuner tuner) {
        this.tuner = tuner;
    }

    /** The result of a round, or null while it runs; begins it if it does not. */
    Tuner.@Nullable Result result(Tuner.Round round) {
        Run run = current;
        if (run == null || run.round.number() != round.number()) {
            run = new Run(tuner, round);
            current = run;
            Thread thread = new Thread(run, "learning-" + round.adapter() + "-" + round.number());
            thread.setDaemon(true);
            thread.start();
        }
        return run.result;
    }

    /** Whether a round runs, or has a result that nobody took. */
    boolean isRunning(long number) {
        return current != null && current.round.number() == number;
    }

    Tuner.@Nullable Result result() {
        return current == null ? null : current.result;
    }

    /** Ends what runs; it is run again by the next owner. */
    void stop() {
        Run run = current;
        if (run != null) {
            run.stopped = true;
            current = null;
        }
    }

    private static final class Run implements Runnable {
        private final Tuner tuner;
        private final Tuner.Round round;
        private volatile boolean stopped;
        private volatile Tuner.@Nullable Result result;

        Run(Tuner tuner, Tuner.Round round) {
            this.tuner = tuner;
            this.round = round;
        }

        @Override
        public void run() {
            try {
                result = tuner.tune(round, () -> stopped);
            } catch (Tuner.StoppedException e) {
                log.info("round {} of adapter {} was ended; its next owner goes on", round.number(), round.adapter());
            } catch (RuntimeException | Error e) {
                log.warn("round {} of adapter {} failed", round.number(), round.adapter(), e);
                result = new Tuner.Result(Double.NaN, Double.NaN, null, e.toString());
            }
        }
    }
}
