package io.causalstreams.topology.internal.input;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.common.TopicPartition;

/**
 * Which input partitions are not to be read now, and the cancels that were seen behind them.
 *
 * <p>Threading: any; a partition is used by the one stream thread that owns it.
 */
public final class InputGate {

    /** Key of the Kafka Streams properties that hands the gate to the consumers. */
    public static final String PROPERTY = "causal.streams.input.gate";

    private final Set<TopicPartition> closed = ConcurrentHashMap.newKeySet();
    private final Map<TopicPartition, Queue<AheadCancel>> cancels = new ConcurrentHashMap<>();

    /** Stops reading {@code partition} at the next poll. */
    public void close(TopicPartition partition) {
        closed.add(partition);
    }

    /** Goes on reading {@code partition}. */
    public void open(TopicPartition partition) {
        closed.remove(partition);
    }

    /** Forgets a partition another member may own from now on. */
    public void forget(TopicPartition partition) {
        closed.remove(partition);
        cancels.remove(partition);
    }

    /** Whether {@code partition} is not to be read. */
    public boolean isClosed(TopicPartition partition) {
        return closed.contains(partition);
    }

    boolean isOpenEverywhere() {
        return closed.isEmpty();
    }

    void offer(TopicPartition partition, AheadCancel cancel) {
        cancels.computeIfAbsent(partition, each -> new ConcurrentLinkedQueue<>())
                .add(cancel);
    }

    /** Cancels seen ahead since the last call, in order. */
    public List<AheadCancel> takeCancels(TopicPartition partition) {
        Queue<AheadCancel> queue = cancels.get(partition);
        List<AheadCancel> taken = new ArrayList<>();
        if (queue != null) {
            for (AheadCancel next = queue.poll(); next != null; next = queue.poll()) {
                taken.add(next);
            }
        }
        return taken;
    }
}
