package io.causalstreams.it;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.internal.input.GatedClientSupplier;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/** The whole topology in this JVM, so that a test sees the engine and can break the clients. The engine is the caller's. */
final class InProcessOperator implements AutoCloseable {
    private final KafkaStreams streams;

    /** Stream threads that died and were replaced. */
    final AtomicInteger deaths = new AtomicInteger();

    /** How often it left the running state to rebalance. */
    final AtomicInteger rebalances = new AtomicInteger();

    private InProcessOperator(KafkaStreams streams) {
        this.streams = streams;
    }

    /** Starts and returns when it takes prompts; a dead stream thread is replaced, always. */
    static InProcessOperator start(GenerationEngine engine, String bootstrapServers, Map<String, ?> settings) {
        return start(engine, bootstrapServers, settings, new GatedClientSupplier());
    }

    static InProcessOperator start(
            GenerationEngine engine, String bootstrapServers, Map<String, ?> settings, KafkaClientSupplier clients) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("bootstrap.servers", bootstrapServers);
        CausalStreams causalStreams = new CausalStreams(engine, all);
        Properties properties = causalStreams.streamsProperties();
        properties.putIfAbsent(
                StreamsConfig.STATE_DIR_CONFIG,
                TestFiles.fresh("state-").toAbsolutePath().toString());
        InProcessOperator operator =
                new InProcessOperator(new KafkaStreams(causalStreams.topology(), properties, clients));
        operator.streams.setUncaughtExceptionHandler(failure -> {
            operator.deaths.incrementAndGet();
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        operator.streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.REBALANCING && before == KafkaStreams.State.RUNNING) {
                operator.rebalances.incrementAndGet();
            }
        });
        try {
            operator.streams.start();
            Await.await("the topology runs")
                    .atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> operator.streams.state() == KafkaStreams.State.RUNNING);
        } catch (Throwable e) {
            operator.close();
            throw e;
        }
        return operator;
    }

    /** Sum of this client metric over the stream threads. */
    double metric(String group, String name) {
        return streams.metrics().entrySet().stream()
                .filter(each -> each.getKey().group().equals(group)
                        && each.getKey().name().equals(name))
                .mapToDouble(each -> ((Number) each.getValue().metricValue()).doubleValue())
                .sum();
    }

    KafkaStreams streams() {
        return streams;
    }

    @Override
    public void close() {
        streams.close(Duration.ofSeconds(30));
    }
}
