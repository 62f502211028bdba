package io.causalstreams.examples;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.CausalStreams;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;

/**
 * What all examples need around their topology: topics, an engine, a start and an end.
 *
 * @param name the application id
 * @param inputs topics that must exist before the start, with {@link #PARTITIONS} partitions
 * @param outputs topics the example writes
 * @param settings of the operator and of Kafka Streams
 * @param wiring what the example is about
 */
record Example(String name, List<String> inputs, List<String> outputs, Map<String, Object> settings, Wiring wiring) {

    static final int PARTITIONS = 2;

    /** Makes the topology with the model in it. */
    interface Wiring {
        Topology topology(CausalStreams causal);
    }

    /** Runs until the process is ended. Arguments: {@code HOST:PORT MODEL_DIRECTORY}. */
    void run(String[] arguments) throws InterruptedException {
        if (arguments.length != 2) {
            System.err.println("usage: " + name + " HOST:PORT MODEL_DIRECTORY");
            System.exit(2);
        }
        CountDownLatch ended = new CountDownLatch(1);
        GenerationEngine engine = GenerationEngine.open(Path.of(arguments[1]), EngineConfig.defaults());
        KafkaStreams streams = start(engine, Map.of(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, arguments[0]));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            streams.close();
            engine.close();
            ended.countDown();
        }));
        System.out.println(name + " reads " + inputs + " and writes " + outputs + "; Ctrl-C ends it");
        ended.await();
    }

    /**
     * Creates the topics that are missing and starts.
     *
     * @param engine stays the caller's; close it after the returned streams
     * @param kafka where the broker is, and what else Kafka Streams shall know
     */
    KafkaStreams start(GenerationEngine engine, Map<String, Object> kafka) {
        createTopics(kafka);
        Map<String, Object> all = new HashMap<>(settings);
        all.put(StreamsConfig.APPLICATION_ID_CONFIG, name);
        all.putAll(kafka);
        CausalStreams causal = new CausalStreams(engine, all);
        KafkaStreams streams = causal.kafkaStreams(wiring.topology(causal));
        streams.start();
        return streams;
    }

    private void createTopics(Map<String, Object> kafka) {
        try (Admin admin = Admin.create(kafka)) {
            Set<String> missing = new LinkedHashSet<>(inputs);
            missing.addAll(outputs);
            missing.removeAll(admin.listTopics().names().get());
            admin.createTopics(missing.stream()
                            .map(topic -> new NewTopic(topic, Optional.of(PARTITIONS), Optional.empty()))
                            .toList())
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "the topics of " + name + " could not be created at " + kafka, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(name + " was interrupted while its topics were created", e);
        }
    }
}
