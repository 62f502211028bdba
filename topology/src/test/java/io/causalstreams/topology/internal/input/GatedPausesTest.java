package io.causalstreams.topology.internal.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GatedPausesTest {

    private static final TopicPartition A = new TopicPartition("prompts", 0);
    private static final TopicPartition B = new TopicPartition("prompts", 1);

    private final InputGate gate = new InputGate();
    private final GatedPauses pauses = new GatedPauses(gate);
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");

    @BeforeEach
    void assign() {
        consumer.assign(List.of(A, B));
        consumer.updateBeginningOffsets(Map.of(A, 0L, B, 0L));
    }

    @Test
    void shouldHoldAFullPartitionAndReadOnInTheOthers() {
        gate.close(A, this);
        consumer.addRecord(new ConsumerRecord<>("prompts", 0, 0, new byte[0], new byte[0]));
        consumer.addRecord(new ConsumerRecord<>("prompts", 1, 0, new byte[0], new byte[0]));
        assertThat(poll()).isEqualTo(1);
        gate.open(A, this);
        consumer.addRecord(new ConsumerRecord<>("prompts", 0, 1, new byte[0], new byte[0]));
        assertThat(poll()).isPositive();
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void shouldNotResumeWhatKafkaStreamsPaused() {
        pause(A);
        gate.close(A, this);
        poll();
        gate.open(A, this);
        poll();
        assertThat(consumer.paused()).containsExactly(A);
        assertThat(pauses.byStreams()).containsExactly(A);
    }

    @Test
    void shouldNotLetKafkaStreamsResumeWhatTheGateHolds() {
        pause(A);
        gate.close(A, this);
        poll();
        consumer.resume(pauses.resumed(List.of(A)));
        assertThat(consumer.paused()).containsExactly(A);
        gate.open(A, this);
        poll();
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void shouldForgetPartitionsThatWereTakenAway() {
        gate.close(A, this);
        gate.close(B, this);
        poll();
        consumer.assign(List.of(B));
        gate.open(A, this);
        poll();
        assertThat(pauses.byGate()).isEqualTo(Set.of(B));
    }

    private void pause(TopicPartition partition) {
        pauses.paused(List.of(partition));
        consumer.pause(List.of(partition));
    }

    private int poll() {
        pauses.follow(consumer.assignment(), consumer::pause, consumer::resume);
        return consumer.poll(Duration.ZERO).count();
    }
}
