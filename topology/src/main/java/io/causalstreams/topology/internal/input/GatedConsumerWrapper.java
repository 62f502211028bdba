package io.causalstreams.topology.internal.input;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.internals.AsyncKafkaConsumer;
import org.apache.kafka.clients.consumer.internals.StreamsRebalanceData;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.internals.ConsumerWrapper;
import org.jspecify.annotations.Nullable;

/**
 * The main consumer of {@code group.protocol=streams}, behind the gate.
 *
 * <p>Kafka 4.3 builds that consumer itself and asks no {@code KafkaClientSupplier}; this internal hook is the only way
 * in. Made by reflection.
 */
public final class GatedConsumerWrapper extends ConsumerWrapper {

    private @Nullable GatedPauses pauses;
    private @Nullable CancelScout scout;

    @Override
    public void wrapConsumer(
            AsyncKafkaConsumer<byte[], byte[]> delegate,
            Map<String, Object> config,
            Optional<StreamsRebalanceData> streamsRebalanceData) {
        super.wrapConsumer(delegate, config, streamsRebalanceData);
        if (config.get(InputGate.PROPERTY) instanceof InputGate gate) {
            gate.follow();
            pauses = new GatedPauses(gate);
            scout = new CancelScout(config, gate);
        }
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        if (pauses != null && scout != null) {
            pauses.follow(delegate.assignment(), delegate::pause, delegate::resume);
            scout.lookAhead(pauses.byGate(), delegate::position);
        }
        return delegate.poll(timeout);
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        if (pauses != null) {
            pauses.paused(partitions);
        }
        delegate.pause(partitions);
    }

    @Override
    public void resume(Collection<TopicPartition> partitions) {
        delegate.resume(pauses == null ? partitions : pauses.resumed(partitions));
    }

    @Override
    public Set<TopicPartition> paused() {
        return pauses == null ? delegate.paused() : pauses.byStreams();
    }

    @Override
    public void close() {
        if (scout != null) {
            scout.close();
        }
        delegate.close();
    }
}
