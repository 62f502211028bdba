package io.causalstreams.topology.internal.input;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.jspecify.annotations.Nullable;

/**
 * Which input partitions are not to be read now, and the cancels that were seen behind them.
 *
 * <p>One for all operators of a topology, in the properties of its {@code KafkaStreams}: there the operators and the
 * consumers find it. A partition is closed as long as one operator holds it.
 *
 * <p>Threading: any; a partition is used by the one stream thread that owns it.
 */
public final class InputGate {

    /** Key of the Kafka Streams properties that gives the gate to consumers and operators. */
    public static final String PROPERTY = "causal.streams.input.gate";

    private final Map<TopicPartition, Set<Object>> holders = new ConcurrentHashMap<>();
    private final Map<TaskId, Set<TopicPartition>> partitions = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Queue<AheadCancel>> cancels = new ConcurrentHashMap<>();
    private volatile boolean followed;

    /** The gate of this operator's topology, or null when it was started without one. */
    public static @Nullable InputGate of(ProcessingContext context) {
        return context.appConfigs().get(PROPERTY) instanceof InputGate gate ? gate : null;
    }

    /** Whether a consumer looks at the gate. Kafka clients of the application's own may not. */
    public boolean isFollowed() {
        return followed;
    }

    void follow() {
        followed = true;
    }

    /** An operator of {@code task} got a record of {@code partition}; its other operators get theirs from there too. */
    public void reads(TaskId task, TopicPartition partition) {
        partitions.computeIfAbsent(task, each -> ConcurrentHashMap.newKeySet()).add(partition);
    }

    /** What {@code task} is known to read. */
    public Set<TopicPartition> partitionsOf(TaskId task) {
        return partitions.getOrDefault(task, Set.of());
    }

    /** Stops reading {@code partition} at the next poll, until {@code holder} opens it. */
    public void close(TopicPartition partition, Object holder) {
        holders.computeIfAbsent(partition, each -> ConcurrentHashMap.newKeySet())
                .add(holder);
    }

    /** As far as {@code holder} is concerned, goes on reading {@code partition}. */
    public void open(TopicPartition partition, Object holder) {
        holders.computeIfPresent(partition, (each, all) -> {
            all.remove(holder);
            return all.isEmpty() ? null : all;
        });
    }

    /** An operator of {@code task} ends here; another member may own its partitions from now on. */
    public void leave(TaskId task, Object holder) {
        for (TopicPartition partition : partitionsOf(task)) {
            open(partition, holder);
        }
        partitions.remove(task);
    }

    /** Whether {@code partition} is not to be read. */
    public boolean isClosed(TopicPartition partition) {
        return holders.containsKey(partition);
    }

    boolean isOpenEverywhere() {
        return holders.isEmpty();
    }

    /** Wants the cancels seen ahead in {@code partition}, until {@link #ignoreCancels}. */
    public void awaitCancels(TopicPartition partition) {
        cancels.computeIfAbsent(partition, each -> new ConcurrentLinkedQueue<>());
    }

    /** Forgets the cancels of {@code partition}. */
    public void ignoreCancels(TopicPartition partition) {
        cancels.remove(partition);
    }

    boolean awaitsCancels(TopicPartition partition) {
        return cancels.containsKey(partition);
    }

    void offer(TopicPartition partition, AheadCancel cancel) {
        Queue<AheadCancel> queue = cancels.get(partition);
        if (queue != null) {
            queue.add(cancel);
        }
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
