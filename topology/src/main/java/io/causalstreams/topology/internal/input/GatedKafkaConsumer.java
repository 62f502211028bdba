package io.causalstreams.topology.internal.input;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The main consumer of the classic group protocol, behind the gate. */
final class GatedKafkaConsumer extends KafkaConsumer<byte[], byte[]> {

    private final GatedPauses pauses;
    private final CancelScout scout;

    GatedKafkaConsumer(Map<String, Object> config, InputGate gate) {
        super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        gate.follow();
        this.pauses = new GatedPauses(gate);
        this.scout = new CancelScout(config, gate);
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        pauses.follow(assignment(), super::pause, super::resume);
        scout.lookAhead(pauses.byGate(), super::position);
        return super.poll(timeout);
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        pauses.paused(partitions);
        super.pause(partitions);
    }

    @Override
    public void resume(Collection<TopicPartition> partitions) {
        super.resume(pauses.resumed(partitions));
    }

    @Override
    public Set<TopicPartition> paused() {
        return pauses.byStreams();
    }

    @Override
    public void close() {
        scout.close();
        super.close();
    }
}
