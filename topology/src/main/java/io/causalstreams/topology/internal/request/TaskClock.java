package io.causalstreams.topology.internal.request;

import io.causalstreams.topology.SteadyTime;
import java.util.function.LongUnaryOperator;
import org.apache.kafka.streams.processor.api.ProcessingContext;

/**
 * The two times of a task, milliseconds since 1970: the topology's, which only goes on and measures durations, and the
 * clock's, which may be set and is what others read and write.
 */
record TaskClock(ProcessingContext context, LongUnaryOperator wallMs) {

    static TaskClock of(ProcessingContext context) {
        return new TaskClock(context, SteadyTime.wallMs(context));
    }

    /** The topology's time. */
    long now() {
        return context.currentSystemTimeMs();
    }

    /** What the clock says now. */
    long wallNow() {
        return wallAt(now());
    }

    /** What the clock says at {@code ms} of the topology's time. */
    long wallAt(long ms) {
        return wallMs.applyAsLong(ms);
    }
}
