package io.causalstreams.app.internal.bench;

import io.causalstreams.app.internal.AppException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A steady load: some requests in flight, a new one for every one that ends. The same load for the engine alone and for
 * the way through Kafka, so that their quotient is the cost of the way.
 */
final class InFlight {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Target target;
    private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();

    InFlight(Target target) {
        this.target = target;
    }

    /** Takes requests. */
    interface Target {

        /** Starts request {@code number}, which ends with one call of {@code onEnd} on any thread. */
        void start(long number, OnEnd onEnd);
    }

    /** Called when a request has ended. */
    interface OnEnd {

        /**
         * Called once for every request.
         *
         * @param failure null when it was answered
         */
        void ended(@Nullable Throwable failure);
    }

    private record Ended(@Nullable Throwable failure) {}

    /**
     * Runs {@code total} requests, {@code inFlight} at a time.
     *
     * @return seconds from the first start to the last end
     * @throws AppException if one fails or none ends for minutes
     */
    double run(int inFlight, int total, long firstNumber) throws InterruptedException {
        long start = System.nanoTime();
        int started = 0;
        for (; started < Math.min(inFlight, total); started++) {
            start(firstNumber + started);
        }
        for (int done = 0; done < total; done++) {
            Ended next = ended.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (next == null) {
                throw new AppException("no request of the benchmark ended within " + PATIENCE.toMinutes()
                        + " minutes; --verbose shows what the libraries say");
            }
            if (next.failure() != null) {
                throw new AppException(
                        "a request of the benchmark failed: " + next.failure().getMessage(), next.failure());
            }
            if (started < total) {
                start(firstNumber + started++);
            }
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private void start(long number) {
        target.start(number, failure -> ended.add(new Ended(failure)));
    }
}
