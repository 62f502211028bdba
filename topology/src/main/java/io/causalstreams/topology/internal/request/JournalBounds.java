package io.causalstreams.topology.internal.request;

import io.causalstreams.topology.internal.input.TaskInput;
import io.causalstreams.topology.internal.journal.Journal;
import org.apache.kafka.streams.processor.TaskId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the journal within its bounds: a full one pauses the task's input, or slows it down where that cannot be.
 *
 * <p>Threading: stream thread.
 */
final class JournalBounds {

    private static final Logger log = LoggerFactory.getLogger(JournalBounds.class);

    /** How long a record waits for room when its partition cannot be paused; once a turn. */
    private static final long WAIT_MS = 200;

    /** How often the log says so. */
    private static final long WARNING_MS = 60_000;

    private final Journal journal;
    private final OperatorSettings settings;
    private final TaskInput input;
    private final TaskMailbox<?, ?> mailbox;
    private final TaskId task;

    private boolean waited;
    private long nextWarningMs = Long.MIN_VALUE;

    JournalBounds(Journal journal, OperatorSettings settings, TaskInput input, TaskMailbox<?, ?> mailbox, TaskId task) {
        this.journal = journal;
        this.settings = settings;
        this.input = input;
        this.mailbox = mailbox;
        this.task = task;
    }

    /** Whether the journal holds as much as it may. */
    boolean isFull() {
        return journal.entries() >= settings.journalMaxEntries() || journal.bytes() >= settings.journalMaxBytes();
    }

    /** The journal has changed: stops or goes on reading. */
    void follow() {
        input.hold(isFull());
    }

    /** A turn begins. */
    void turn() {
        waited = false;
    }

    /**
     * Before a record is taken. Where the partition cannot be paused its records come as fast as this returns. All other
     * tasks of the thread wait along, so it waits for one request to end, and not long; then the journal grows beyond its
     * bounds.
     */
    void awaitRoom(long nowMs) {
        if (!isFull() || input.hold(true) || waited) {
            return;
        }
        waited = true;
        if (nowMs >= nextWarningMs) {
            nextWarningMs = nowMs + WARNING_MS;
            log.warn(
                    "task {}: {} requests wait in the journal and its input cannot be paused, it is only slowed down;"
                            + " start Kafka Streams with CausalStreams.kafkaStreams(topology) or its configure(properties)",
                    task,
                    journal.entries());
        }
        mailbox.awaitEnd(WAIT_MS);
    }
}
