package io.causalstreams.topology.internal.journal;

import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.errors.StreamsException;

/**
 * Store writes and forwards that belong together.
 *
 * <p>A {@link TimeoutException} that leaves a processor or a punctuator makes Kafka Streams revive the task and commit
 * the open transaction, with whatever part of the writes had been sent ({@code TaskManager.handleCorruption} in 4.3).
 * Half a pair in a committed transaction is a token published twice or never. So inside a pair a timeout becomes an
 * exception that ends the stream thread, which aborts the transaction: the pair happens wholly or not at all.
 */
public final class TaskWrites {

    private TaskWrites() {}

    /** Runs {@code writes}; a timeout inside aborts the transaction instead of committing its first half. */
    public static void together(Runnable writes) {
        try {
            writes.run();
        } catch (TimeoutException e) {
            throw new StreamsException(
                    "a write timed out between others that belong to it; the transaction is aborted and run again", e);
        }
    }
}
