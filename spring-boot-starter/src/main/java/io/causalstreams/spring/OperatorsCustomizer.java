package io.causalstreams.spring;

import io.causalstreams.topology.CausalStreams;
import java.util.Properties;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;
import org.springframework.kafka.config.KafkaStreamsCustomizer;

/** Makes the application's {@link KafkaStreams} as {@link CausalStreams#kafkaStreams(Topology, Properties)} does. */
final class OperatorsCustomizer implements KafkaStreamsCustomizer {
    private final CausalStreams causal;

    OperatorsCustomizer(CausalStreams causal) {
        this.causal = causal;
    }

    @Override
    public KafkaStreams initKafkaStreams(Topology topology, Properties properties, KafkaClientSupplier clients) {
        return clients.getClass().equals(DefaultKafkaClientSupplier.class)
                ? causal.kafkaStreams(topology, properties)
                : new KafkaStreams(topology, causal.configure(properties), clients);
    }

    @Override
    public void customize(KafkaStreams streams) {}
}
