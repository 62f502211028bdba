package io.causalstreams.topology.internal.input;

import io.causalstreams.topology.internal.journal.Arrival;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.ProcessingContext;

/**
 * An operator's side of the gate: holds its task's input partitions while the journal is full, and knows the cancels
 * seen ahead.
 *
 * <p>Threading: stream thread.
 */
public final class TaskInput {

    /** Cancels kept until the main consumer has passed them; beyond, they take effect in their turn. */
    private static final int MAX_AHEAD = 10_000;

    private final InputGate gate;
    private final TaskId task;
    private final boolean takesCancels;
    private final Set<TopicPartition> partitions = new HashSet<>();
    private final Set<TopicPartition> holding = new HashSet<>();
    private final Deque<AheadCancel> ahead = new ArrayDeque<>();

    private TaskInput(ProcessingContext context, boolean takesCancels) {
        InputGate installed = InputGate.of(context);
        this.gate = installed == null ? new InputGate() : installed;
        this.task = context.taskId();
        this.takesCancels = takesCancels;
    }

    /** Of prompts: a tombstone or a cancel header in the partition is a cancel. */
    public static TaskInput ofPrompts(ProcessingContext context) {
        return new TaskInput(context, true);
    }

    /** Of records of any kind, which cancel nothing. */
    public static TaskInput ofRecords(ProcessingContext context) {
        return new TaskInput(context, false);
    }

    /** The task reads the partition of this arrival, if it comes from one. */
    public void reads(Arrival arrival) {
        if (arrival.offset() < 0) {
            return;
        }
        TopicPartition partition = new TopicPartition(arrival.topic(), arrival.partition());
        gate.reads(task, partition);
        if (partitions.add(partition) && takesCancels) {
            gate.awaitCancels(partition);
        }
    }

    /** Stops reading while the journal is full. Returns whether it could: whether no more than a poll's records can come. */
    public boolean hold(boolean full) {
        if (!full) {
            holding.forEach(partition -> gate.open(partition, this));
            holding.clear();
            return true;
        }
        // also those only another operator of the task has seen: what it makes of them may come here from its
        // punctuation
        for (TopicPartition partition : gate.partitionsOf(task)) {
            gate.close(partition, this);
            holding.add(partition);
        }
        return gate.isFollowed() && !holding.isEmpty();
    }

    /** Returns what was seen ahead since the last call. */
    public void takeCancels(Consumer<String> byId, Consumer<Bytes> byKey) {
        if (!takesCancels) {
            return;
        }
        for (TopicPartition partition : partitions) {
            for (AheadCancel cancel : gate.takeCancels(partition)) {
                if (cancel.id() != null) {
                    byId.accept(cancel.id());
                } else if (cancel.key() != null) {
                    byKey.accept(cancel.key());
                }
                if (ahead.size() < MAX_AHEAD) {
                    ahead.add(cancel);
                }
            }
        }
    }

    /** Whether a cancel behind this arrival was seen already. */
    public boolean isCancelled(Arrival arrival) {
        while (!ahead.isEmpty() && ahead.peek().offset() < arrival.offset()) {
            ahead.poll();
        }
        return ahead.stream()
                .anyMatch(each -> arrival.id().equals(each.id())
                        || (each.key() != null && each.key().equals(arrival.key())));
    }

    /** The task is closed. */
    public void leave() {
        holding.forEach(partition -> gate.open(partition, this));
        gate.leave(task, this);
        if (takesCancels) {
            partitions.forEach(gate::ignoreCancels);
        }
    }
}
