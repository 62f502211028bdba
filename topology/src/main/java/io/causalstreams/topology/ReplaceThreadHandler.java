package io.causalstreams.topology;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what follows when a stream thread dies. Under exactly-once it aborts its transaction, and its successor goes
 * on from the last committed token.
 *
 * <ul>
 *   <li>The broker or a schema registry is away, or a topic is missing ({@link RetriableException},
 *       {@link FormUnavailableException}, {@link MissingSourceTopicException}): the thread is replaced, however often; that is
 *       for them to end.
 *   <li>The engine is dead, the broker refuses us (authentication, authorization), a topic refuses a record by its
 *       settings ({@link RecordRefusedException}), or a changelog has too few partitions
 *       ({@link ChangelogPartitionsException}): the client shuts down, because trying again changes nothing.
 *   <li>Anything else: the thread is replaced, unless threads keep dying; then the client shuts down.
 * </ul>
 *
 * <p>Threading: called by dying threads, one at a time.
 */
public final class ReplaceThreadHandler implements StreamsUncaughtExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ReplaceThreadHandler.class);

    private final Policy policy;
    private final LongSupplier clockMs;
    private final Deque<Long> deaths = new ArrayDeque<>();

    private @Nullable Throwable fatal;

    /**
     * When to give up.
     *
     * @param maxDeaths more of them within {@code window} end the client; those for which the broker is to blame do not
     *     count
     * @param pause before a successor starts, so that a cause that stays does not fill the log
     */
    public record Policy(int maxDeaths, Duration window, Duration pause) {

        /** 10 deaths in 5 minutes; a second of pause. */
        public static Policy defaults() {
            return new Policy(10, Duration.ofMinutes(5), Duration.ofSeconds(1));
        }
    }

    /** With the default policy. */
    public ReplaceThreadHandler() {
        this(Policy.defaults());
    }

    /** With a policy of one's own. */
    public ReplaceThreadHandler(Policy policy) {
        this(policy, () -> System.nanoTime() / 1_000_000);
    }

    ReplaceThreadHandler(Policy policy, LongSupplier clockMs) {
        this.policy = policy;
        this.clockMs = clockMs;
    }

    @Override
    public synchronized StreamThreadExceptionResponse handle(Throwable exception) {
        Throwable hopeless = cause(
                exception, EngineDiedException.class, AuthorizationException.class, AuthenticationException.class);
        if (hopeless != null) {
            return shutDown(hopeless);
        }
        RuntimeException toBeChanged = RecordRefusedException.in(exception);
        if (toBeChanged == null) {
            toBeChanged = ChangelogPartitionsException.in(exception);
        }
        if (toBeChanged != null) {
            return shutDown(toBeChanged);
        }
        boolean isAway = cause(
                        exception,
                        RetriableException.class,
                        MissingSourceTopicException.class,
                        FormUnavailableException.class)
                != null;
        if (!isAway && tooManyDeaths()) {
            return shutDown(exception);
        }
        log.warn("a stream thread died and is replaced; its work goes on from the last commit: {}", line(exception));
        log.debug("a stream thread died", exception);
        rest();
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /**
     * Why the client was shut down: an {@link EngineDiedException}, a {@link RecordRefusedException}, a
     * {@link ChangelogPartitionsException}, a refusal as the
     * {@link AuthorizationException} or {@link AuthenticationException} it was, or the last of too many deaths; empty when
     * it was not.
     */
    public synchronized Optional<Throwable> fatal() {
        return Optional.ofNullable(fatal);
    }

    /** Logs nothing: Kafka Streams logs that the client shuts down, and why. */
    private StreamThreadExceptionResponse shutDown(Throwable cause) {
        if (fatal == null) { // the other threads meet the same
            fatal = cause;
        }
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    private boolean tooManyDeaths() {
        long now = clockMs.getAsLong();
        deaths.addLast(now);
        while (now - deaths.getFirst() > policy.window().toMillis()) {
            deaths.removeFirst();
        }
        return deaths.size() > policy.maxDeaths();
    }

    private void rest() {
        try {
            Thread.sleep(policy.pause().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The first of {@code kinds} among the exception and its causes, or null. */
    private static @Nullable Throwable cause(Throwable exception, Class<?>... kinds) {
        for (Throwable each = exception; each != null; each = each.getCause()) {
            for (Class<?> kind : kinds) {
                if (kind.isInstance(each)) {
                    return each;
                }
            }
        }
        return null;
    }

    /** Kafka Streams puts whole stack traces into some messages. */
    private static String line(Throwable exception) {
        return exception.toString().lines().findFirst().orElse("").strip();
    }
}
