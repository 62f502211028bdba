package io.causalstreams.topology;

import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.streams.processor.api.ProcessingContext;

/**
 * The time Kafka Streams runs by, so that setting the machine's clock stops nothing: what the clock said at the start, and
 * the time that has passed since.
 *
 * <p>By the clock itself, an hour set back would be an hour without punctuation, so without a token. Instants that others
 * read or wrote, such as deadlines and {@code ce_time}, follow the clock: {@code wallMs}.
 *
 * <p>Threading: any thread.
 */
public final class SteadyTime implements Time {
    /** Where a topology's settings carry it to the processors. */
    static final String PROPERTY = "causal.streams.internal.steady.time";

    private final LongSupplier clockMs;
    private final long startMs;
    private final long startNanos = System.nanoTime();

    public SteadyTime() {
        this(System::currentTimeMillis);
    }

    /** With a clock of the caller's, which may jump. */
    public SteadyTime(LongSupplier clockMs) {
        this.clockMs = clockMs;
        this.startMs = clockMs.getAsLong();
    }

    /**
     * What the clock says at a time, ms, that {@code context} gives: the same, unless Kafka Streams runs by a
     * {@link SteadyTime} and the clock was set. Keep it: to ask {@code context} for its settings copies them all.
     */
    public static LongUnaryOperator wallMs(ProcessingContext context) {
        return context.appConfigs().get(PROPERTY) instanceof SteadyTime steady
                ? contextMs -> contextMs + steady.clockMs.getAsLong() - steady.milliseconds()
                : contextMs -> contextMs;
    }

    @Override
    public long milliseconds() {
        return startMs + (System.nanoTime() - startNanos) / 1_000_000;
    }

    @Override
    public long nanoseconds() {
        return System.nanoTime();
    }

    @Override
    public void sleep(long ms) {
        SYSTEM.sleep(ms);
    }

    @Override
    public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMs) throws InterruptedException {
        SYSTEM.waitObject(object, condition, deadlineMs - milliseconds() + SYSTEM.milliseconds());
    }
}
