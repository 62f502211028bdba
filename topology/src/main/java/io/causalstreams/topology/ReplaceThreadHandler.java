package io.causalstreams.topology;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a stream thread that died, unless threads keep dying or the engine is dead; then the client shuts down.
 *
 * <p>Under exactly-once a dying thread aborts its transaction, and its successor goes on from the last committed token.
 *
 * <p>Threading: called by dying threads, one at a time.
 */
public final class ReplaceThreadHandler implements StreamsUncaughtExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ReplaceThreadHandler.class);

    private final int maxDeaths;
    private final long windowMs;
    private final LongSupplier clockMs;
    private final Deque<Long> deaths = new ArrayDeque<>();

    /** Gives up at more than 10 deaths in 5 minutes. */
    public ReplaceThreadHandler() {
        this(10, Duration.ofMinutes(5), () -> System.nanoTime() / 1_000_000);
    }

    ReplaceThreadHandler(int maxDeaths, Duration window, LongSupplier clockMs) {
        this.maxDeaths = maxDeaths;
        this.windowMs = window.toMillis();
        this.clockMs = clockMs;
    }

    @Override
    public synchronized StreamThreadExceptionResponse handle(Throwable exception) {
        EngineDiedException death = EngineDiedException.in(exception);
        if (death != null) {
            log.error("{}; shutting down", death.getMessage());
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        long now = clockMs.getAsLong();
        deaths.addLast(now);
        while (now - deaths.peekFirst() > windowMs) {
            deaths.removeFirst();
        }
        if (deaths.size() > maxDeaths) {
            log.error("{} stream threads died within {} ms; shutting down", deaths.size(), windowMs, exception);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        log.warn(
                "a stream thread died and is replaced; its work goes on from the last commit: {}",
                exception.toString());
        log.debug("a stream thread died", exception);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
}
