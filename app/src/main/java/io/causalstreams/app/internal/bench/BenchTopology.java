package io.causalstreams.app.internal.bench;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.Operator;
import io.causalstreams.app.internal.kafka.Topics;
import io.causalstreams.http.DoorTopics;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.CausalStreamsConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The topology on topics of its own, so that a measurement neither reads other people's prompts nor leaves anything on
 * their broker.
 */
final class BenchTopology implements AutoCloseable {
    private static final int PARTITIONS = 4;
    private static final Duration ASSIGNMENT_PATIENCE = Duration.ofMinutes(2);

    private final BenchBroker broker;
    private final String name;
    private final CausalStreamsConfig config;
    private final Operator operator;

    private BenchTopology(BenchBroker broker, String name, CausalStreamsConfig config, Operator operator) {
        this.broker = broker;
        this.name = name;
        this.config = config;
        this.operator = operator;
    }

    /**
     * Creates topics and starts.
     *
     * @param guarantee {@code processing.guarantee}
     * @throws AppException if it does not get its partitions
     */
    static BenchTopology start(GenerationEngine engine, BenchBroker broker, String guarantee)
            throws InterruptedException {
        String name = "causal-streams-bench-" + UUID.randomUUID().toString().substring(0, 8);
        Map<String, Object> settings = new HashMap<>(broker.connection().properties());
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, name);
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, guarantee);
        settings.put(CausalStreamsConfig.PROMPTS_TOPIC_CONFIG, name + "-prompts");
        settings.put(CausalStreamsConfig.TOKENS_TOPIC_CONFIG, name + "-tokens");
        settings.put(CausalStreamsConfig.COMPLETIONS_TOPIC_CONFIG, name + "-completions");
        settings.put(CausalStreamsConfig.DEAD_LETTERS_TOPIC_CONFIG, name + "-dead-letters");
        CausalStreamsConfig config = new CausalStreamsConfig(settings);
        Topics.createMissing(broker.connection(), config, PARTITIONS);
        BenchTopology topology = new BenchTopology(broker, name, config, Operator.start(engine, config));
        if (!topology.operator.awaitRunning(ASSIGNMENT_PATIENCE)) {
            topology.close();
            throw new AppException("the topology did not start; --verbose shows what Kafka Streams says");
        }
        return topology;
    }

    KafkaConnection connection() {
        return broker.connection();
    }

    CausalStreamsConfig config() {
        return config;
    }

    DoorTopics doorTopics() {
        return Topics.ofDoor(config);
    }

    /** Bytes of its topics on the broker's disks, all replicas, as they are now. */
    TopicBytes bytes() throws InterruptedException {
        try (Admin admin = broker.connection().admin()) {
            List<Integer> brokers = admin.describeCluster().nodes().get(30, TimeUnit.SECONDS).stream()
                    .map(Node::id)
                    .toList();
            Map<String, Long> byTopic = new HashMap<>();
            admin.describeLogDirs(brokers).allDescriptions().get(30, TimeUnit.SECONDS).values().stream()
                    .flatMap(directories -> directories.values().stream())
                    .flatMap(directory -> directory.replicaInfos().entrySet().stream())
                    .filter(replica -> replica.getKey().topic().startsWith(name))
                    .forEach(replica -> byTopic.merge(
                            replica.getKey().topic(), replica.getValue().size(), Long::sum));
            return TopicBytes.of(byTopic, config.getString(CausalStreamsConfig.PROMPTS_TOPIC_CONFIG));
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new AppException(
                    "the sizes of the topics " + name + "-* cannot be read from "
                            + broker.connection().servers() + ": " + e.getMessage(),
                    e);
        }
    }

    @Override
    public void close() {
        operator.close();
        if (!broker.isInThisProcess()) {
            removeTopics();
        }
    }

    private void removeTopics() {
        try (Admin admin = broker.connection().admin()) {
            List<String> own = admin.listTopics().names().get(30, TimeUnit.SECONDS).stream()
                    .filter(topic -> topic.startsWith(name))
                    .toList();
            admin.deleteTopics(own).all().get(30, TimeUnit.SECONDS);
            admin.deleteConsumerGroups(List.of(name)).all().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new AppException(
                    "the topics " + name + "-* of the benchmark stay on "
                            + broker.connection().servers() + ": " + e.getMessage() + "; remove them by hand",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
