package io.causalstreams.topology.internal.input;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps two reasons to pause a partition apart: Kafka Streams' own (full buffers, restoring) and the gate's.
 *
 * <p>Threading: the consumer's.
 */
final class GatedPauses {

    private final InputGate gate;
    private final Set<TopicPartition> byStreams = new HashSet<>();
    private final Set<TopicPartition> byGate = new HashSet<>();

    GatedPauses(InputGate gate) {
        this.gate = gate;
    }

    /** Kafka Streams pauses. */
    void paused(Collection<TopicPartition> partitions) {
        byStreams.addAll(partitions);
    }

    /** Kafka Streams resumes; returns what may be resumed now. */
    List<TopicPartition> resumed(Collection<TopicPartition> partitions) {
        byStreams.removeAll(partitions);
        return partitions.stream().filter(each -> !byGate.contains(each)).toList();
    }

    /** What Kafka Streams believes to be paused. */
    Set<TopicPartition> byStreams() {
        return Set.copyOf(byStreams);
    }

    /** Partitions the gate holds back. */
    Set<TopicPartition> byGate() {
        return byGate;
    }

    /** Before a poll: follows the gate. */
    void follow(
            Set<TopicPartition> assignment,
            Consumer<Collection<TopicPartition>> pause,
            Consumer<Collection<TopicPartition>> resume) {
        if (byGate.isEmpty() && gate.isOpenEverywhere()) {
            return;
        }
        byStreams.retainAll(assignment);
        List<TopicPartition> opened =
                byGate.stream().filter(each -> !gate.isClosed(each)).toList();
        opened.forEach(byGate::remove);
        byGate.retainAll(assignment);
        assignment.stream().filter(gate::isClosed).forEach(byGate::add);
        pause.accept(List.copyOf(byGate));
        resume.accept(opened.stream()
                .filter(each -> assignment.contains(each) && !byStreams.contains(each))
                .toList());
    }
}
