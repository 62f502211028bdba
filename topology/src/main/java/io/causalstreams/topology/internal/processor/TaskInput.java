package io.causalstreams.topology.internal.processor;

import io.causalstreams.topology.internal.input.AheadCancel;
import io.causalstreams.topology.internal.input.InputGate;
import io.causalstreams.topology.internal.journal.Arrival;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;

/**
 * A task's side of the gate: holds its input partitions while the journal is full, and knows the cancels seen ahead.
 *
 * <p>Threading: stream thread.
 */
final class TaskInput {

    /** Cancels kept until the main consumer has passed them; beyond, they take effect in their turn. */
    private static final int MAX_AHEAD = 10_000;

    private final InputGate gate;
    private final Set<TopicPartition> partitions = new HashSet<>();
    private final Deque<AheadCancel> ahead = new ArrayDeque<>();
    private boolean held;

    TaskInput(InputGate gate) {
        this.gate = gate;
    }

    /** The task reads the partition of this arrival, if it comes from one. */
    void reads(Arrival arrival) {
        if (arrival.offset() < 0) {
            return;
        }
        TopicPartition partition = new TopicPartition(arrival.topic(), arrival.partition());
        if (partitions.add(partition) && held) {
            gate.close(partition);
        }
    }

    /** Stops or goes on reading. */
    void hold(boolean full) {
        if (full != held) {
            held = full;
            partitions.forEach(full ? gate::close : gate::open);
        }
    }

    /** Hands out what was seen ahead since the last call. */
    void takeCancels(Consumer<String> byId, Consumer<Bytes> byKey) {
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
    boolean isCancelled(Arrival arrival) {
        while (!ahead.isEmpty() && ahead.peek().offset() < arrival.offset()) {
            ahead.poll();
        }
        return ahead.stream()
                .anyMatch(each -> arrival.id().equals(each.id())
                        || (each.key() != null && each.key().equals(arrival.key())));
    }

    /** The task is closed. */
    void leave() {
        partitions.forEach(gate::forget);
    }
}
