package io.causalstreams.topology.internal.request;

import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.errors.StreamsException;

/**
 * Makes a timeout abort the transaction.
 *
 * <p>A {@link TimeoutException} that leaves a processor or a punctuator makes Kafka Streams revive the task and, for the
 * sake of the thread's other tasks, commit the open transaction ({@code TaskManager.handleCorruption} in 4.3): with
 * whatever this task had sent, but without its input offsets. Tokens would be published and not journaled, or answers
 * twice. Any other exception ends the stream thread, which aborts the transaction: all of it happens, or nothing. So
 * whatever writes runs inside {@link #run}.
 *
 * <p>The thread is replaced by {@link io.causalstreams.topology.ReplaceThreadHandler}.
 */
public final class AbortOnTimeout {

    private AbortOnTimeout() {}

    public static void run(Runnable writes) {
        try {
            writes.run();
        } catch (TimeoutException e) {
            throw new StreamsException("a write timed out; the transaction is aborted and its input read again", e);
        }
    }
}
