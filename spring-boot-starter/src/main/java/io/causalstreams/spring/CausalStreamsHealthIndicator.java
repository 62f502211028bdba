package io.causalstreams.spring;

import io.causalstreams.inference.EngineStats;
import io.causalstreams.inference.GenerationEngine;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.streams.KafkaStreams;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Down when the engine takes no requests any more, or Kafka Streams has ended; out of service while partitions are assigned
 * and state is restored.
 */
final class CausalStreamsHealthIndicator extends AbstractHealthIndicator {
    private static final Set<KafkaStreams.State> STARTING =
            Set.of(KafkaStreams.State.CREATED, KafkaStreams.State.REBALANCING);

    private final GenerationEngine engine;
    private final Supplier<List<KafkaStreams.State>> streams;

    /** @param streams states of the application's Kafka Streams; none where it has none */
    CausalStreamsHealthIndicator(GenerationEngine engine, Supplier<List<KafkaStreams.State>> streams) {
        super("the engine's state is not known");
        this.engine = engine;
        this.streams = streams;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        List<KafkaStreams.State> states = streams.get();
        boolean ended = states.stream().anyMatch(state -> state.hasStartedOrFinishedShuttingDown());
        if (!engine.isAlive() || ended) {
            builder.down();
        } else if (states.stream().anyMatch(STARTING::contains)) {
            builder.outOfService();
        } else {
            builder.up();
        }
        EngineStats stats = engine.stats();
        builder.withDetail("models", List.copyOf(engine.engines().keySet()))
                .withDetail("slots", stats.slots())
                .withDetail("running", stats.running())
                .withDetail("waiting", stats.waiting());
        if (!states.isEmpty()) {
            builder.withDetail("kafkaStreams", states.stream().map(Enum::name).toList());
        }
    }
}
