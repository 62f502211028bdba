package io.causalstreams.topology.internal.input;

import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;

/** Kafka Streams' own clients, with the main consumer behind the gate its configuration names. Made by reflection. */
public final class GatedClientSupplier extends DefaultKafkaClientSupplier {

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return config.get(InputGate.PROPERTY) instanceof InputGate gate
                ? new GatedKafkaConsumer(config, gate)
                : super.getConsumer(config);
    }
}
