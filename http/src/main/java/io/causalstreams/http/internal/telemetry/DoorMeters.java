package io.causalstreams.http.internal.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Meters of the door, named {@code causal.streams.http.*}. None has a name of a key, of a request or a path that a client
 * chose: what clients write makes no meters.
 *
 * <p>Threading: any.
 */
public final class DoorMeters {
    private static final String PREFIX = "causal.streams.http.";

    private final MeterRegistry meters;
    private final Map<Limit, Counter> rejected = new EnumMap<>(Limit.class);
    private final AtomicInteger streams = new AtomicInteger();
    private final Counter resumes;
    private final Timer timeToFirstEvent;

    public DoorMeters(MeterRegistry meters) {
        this.meters = meters;
        for (Limit limit : Limit.values()) {
            rejected.put(
                    limit,
                    Counter.builder(PREFIX + "rejected")
                            .tag("limit", limit.name().toLowerCase(Locale.ROOT))
                            .description("Requests and connections beyond a limit.")
                            .register(meters));
        }
        this.resumes = Counter.builder(PREFIX + "resumes")
                .description("Streams that were asked to go on behind an event.")
                .register(meters);
        this.timeToFirstEvent = Timer.builder(PREFIX + "time.to.first.event")
                .description("From a request for a stream to its first tokens or its end.")
                .publishPercentileHistogram()
                .register(meters);
    }

    /** The door listens: of several in a process each has its port as a tag, where what is counted adds up. */
    public void listensOn(int port) {
        Gauge.builder(PREFIX + "streams", streams, AtomicInteger::get)
                .description("Answers that are being streamed.")
                .tag("port", Integer.toString(port))
                .register(meters);
    }

    /** What is bounded. */
    public enum Limit {
        /** Requests of all together. */
        REQUESTS,

        /** Requests of one key. */
        KEY,

        /** Tokens a minute of one key. */
        TOKENS,

        /** Connections. */
        CONNECTIONS
    }

    /**
     * A request has its status.
     *
     * @param route a path of this server, or one name for all others
     */
    public void answered(String route, int status) {
        Counter.builder(PREFIX + "requests")
                .description("Requests, by route and status.")
                .tag("route", route)
                .tag("status", Integer.toString(status))
                .register(meters)
                .increment();
    }

    /** Something was beyond a limit. */
    public void rejected(Limit limit) {
        Counter counter = rejected.get(limit);
        if (counter != null) {
            counter.increment();
        }
    }

    /** A client comes back for the rest of a stream. */
    public void resumed() {
        resumes.increment();
    }

    public void streamBegins() {
        streams.incrementAndGet();
    }

    public void streamEnds() {
        streams.decrementAndGet();
    }

    /** A stream has its first event. */
    public void firstEvent(long afterNanos) {
        timeToFirstEvent.record(afterNanos, TimeUnit.NANOSECONDS);
    }
}
