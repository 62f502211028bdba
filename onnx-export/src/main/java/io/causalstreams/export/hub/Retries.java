package io.causalstreams.export.hub;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Counts failures of one piece of work and waits between attempts: twice as long each time, with jitter, at most a minute.
 *
 * <p>Threading: used by the thread that does the work.
 */
final class Retries {

    /** Failures in a row, without progress between them. */
    private static final int MAX_FAILURES = 5;

    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final Set<Integer> WORTH_RETRYING = Set.of(408, 425, 429, 500, 502, 503, 504);

    private final Duration firstDelay;
    private int failures;

    Retries(Duration firstDelay) {
        this.firstDelay = firstDelay;
    }

    /** Whether the same request may succeed later. */
    static boolean worthRetrying(int status) {
        return WORTH_RETRYING.contains(status);
    }

    /** Forgets the failures so far. */
    void progressed() {
        failures = 0;
    }

    /**
     * Waits before the next attempt.
     *
     * @throws HubException if there were too many failures
     */
    void failed(String what, IOException cause, Optional<HttpResponse<?>> response) throws InterruptedException {
        failures++;
        if (failures >= MAX_FAILURES) {
            String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            throw new HubException(
                    what + ": failed " + failures + " times (" + reason
                            + "); check the network and run again, downloads resume",
                    cause);
        }
        long millis = firstDelay.toMillis() << (failures - 1);
        long jittered = millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1);
        long asked = response.flatMap(r -> r.headers().firstValue("Retry-After"))
                .filter(value -> value.matches("\\d{1,6}"))
                .map(seconds -> Long.parseLong(seconds) * 1000)
                .orElse(0L);
        Thread.sleep(Math.min(Math.max(jittered, asked), LONGEST.toMillis()));
    }
}
