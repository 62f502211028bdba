package io.causalstreams.topology;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.adapter.AdapterCatalog;
import io.causalstreams.topology.adapter.AdapterEvent;
import io.causalstreams.topology.adapter.AdapterKey;
import io.causalstreams.topology.adapter.AdapterPreparation;
import io.causalstreams.topology.adapter.AdapterRefusedException;
import io.causalstreams.topology.adapter.AdapterSignature;
import io.causalstreams.topology.internal.answer.DeadLetterHeaders;
import io.causalstreams.topology.internal.journal.Arrival;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the compacted topic of adapters into an engine, like a global table whose store is the engine: every process reads all of it,
 * to its end before {@link #follow} returns, and on.
 *
 * <p>A record that cannot be used is one line in the log, a meter, and a dead letter if it came while this ran; what was served before
 * stays. Close it before the engine and after {@link KafkaStreams}.
 *
 * <p>Threading: any thread; it has one of its own.
 */
public final class AdaptersTopic implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AdaptersTopic.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration START_LIMIT = Duration.ofMinutes(1);
    private static final int FETCH_ATTEMPTS = 3;
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final AdapterCatalog catalog;
    private final String topic;
    private final String deadLetters;
    private final Clients clients;
    private final Consumer<byte[], byte[]> consumer;
    private final Counter refused;
    private final Counter loaded;
    private final Thread thread;
    private @Nullable Producer<byte[], byte[]> producer;
    private volatile boolean closed;

    /** Makes clients for the broker: it knows where it is and how to talk to it. */
    public interface Clients {
        /** A consumer with these settings beside those of the connection. */
        Consumer<byte[], byte[]> consumer(Map<String, Object> settings);

        /** A producer with these settings beside those of the connection. */
        Producer<byte[], byte[]> producer(Map<String, Object> settings);
    }

    private AdaptersTopic(AdapterCatalog catalog, CausalStreamsConfig config, Clients clients, MeterRegistry meters) {
        this.catalog = catalog;
        this.topic = config.getString(CausalStreamsConfig.ADAPTERS_TOPIC_CONFIG);
        this.deadLetters = config.getString(CausalStreamsConfig.DEAD_LETTERS_TOPIC_CONFIG);
        this.clients = clients;
        this.refused = Counter.builder("causal.streams.adapters.refused")
                .description("Records of the adapters topic that could not be used.")
                .register(meters);
        this.loaded = Counter.builder("causal.streams.adapters.changes")
                .description("Adapters that were put into service or taken out of it by the adapters topic.")
                .register(meters);
        Gauge.builder("causal.streams.adapters.versions", catalog, AdapterCatalog::versions)
                .description("Versions of adapters in the engine, by the adapters topic.")
                .register(meters);
        this.consumer = clients.consumer(Map.of(
                "isolation.level",
                "read_committed",
                "enable.auto.commit",
                "false",
                "auto.offset.reset",
                "earliest",
                "allow.auto.create.topics",
                "false"));
        this.thread = new Thread(this::followOn, "causal-streams-adapters");
        thread.setDaemon(true);
    }

    /**
     * Reads the topic to its end, and follows it from there.
     *
     * @param config {@code causal.streams.adapters.*}; the topic must exist
     * @param preparation makes the engine's files of peft's
     * @throws ConfigException if a public key cannot be read
     * @throws KafkaException if the topic cannot be read
     */
    public static AdaptersTopic follow(
            GenerationEngine engine,
            CausalStreamsConfig config,
            Clients clients,
            AdapterPreparation preparation,
            MeterRegistry meters) {
        AdapterCatalog catalog = new AdapterCatalog(engine, directory(config), preparation, keys(config));
        AdaptersTopic adapters = new AdaptersTopic(catalog, config, clients, meters);
        try {
            catalog.forgetOld();
            adapters.readToTheEnd();
        } catch (IOException | RuntimeException e) {
            adapters.consumer.close();
            throw e instanceof RuntimeException cause ? cause : new KafkaException("cannot keep adapters", e);
        }
        adapters.thread.start();
        return adapters;
    }

    AdapterCatalog catalog() {
        return catalog;
    }

    /** What is served now, by name. */
    public Map<String, AdapterEvent> served() {
        return catalog.served();
    }

    private static Path directory(CausalStreamsConfig config) {
        String named = config.getString(CausalStreamsConfig.ADAPTERS_DIRECTORY_CONFIG);
        return named.isEmpty()
                ? Path.of(System.getProperty("java.io.tmpdir"), "causal-streams-adapters")
                : Path.of(named);
    }

    private static List<PublicKey> keys(CausalStreamsConfig config) {
        List<PublicKey> keys = new ArrayList<>();
        for (String key : config.getList(CausalStreamsConfig.ADAPTERS_KEYS_CONFIG)) {
            if (key.isBlank()) {
                continue;
            }
            try {
                boolean file = Files.exists(Path.of(key));
                keys.add(AdapterSignature.publicKey(file ? Files.readString(Path.of(key)) : key));
            } catch (IOException | IllegalArgumentException e) {
                throw new ConfigException(
                        CausalStreamsConfig.ADAPTERS_KEYS_CONFIG, key, String.valueOf(e.getMessage()));
            }
        }
        return keys;
    }

    /** Of each key the last record counts; where it cannot be used, one before it that is still there. */
    private void readToTheEnd() {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(each -> new TopicPartition(topic, each.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new KafkaException("topic " + topic + " is missing; create it with cleanup.policy=compact");
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<Bytes, Deque<ConsumerRecord<byte[], byte[]>>> byKey = new LinkedHashMap<>();
        long began = System.nanoTime();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            if (System.nanoTime() - began > START_LIMIT.toNanos()) {
                throw new KafkaException("topic " + topic + " was not read to its end within " + START_LIMIT);
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                byKey.computeIfAbsent(
                                Bytes.wrap(record.key() == null ? new byte[0] : record.key()), k -> new ArrayDeque<>())
                        .addFirst(record);
            }
        }
        byKey.values().forEach(latestFirst -> {
            boolean done = false;
            while (!done && !latestFirst.isEmpty()) {
                done = apply(latestFirst.removeFirst(), false);
            }
        });
    }

    private void followOn() {
        while (!closed) {
            try {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    apply(record, true);
                }
                catalog.sweep();
            } catch (WakeupException e) {
                return;
            } catch (RuntimeException e) {
                log.warn("topic {} cannot be read now, it is tried again: {}", topic, e.toString());
                pause(RETRY.multipliedBy(5));
            }
        }
    }

    /** Whether it could be used. */
    private boolean apply(ConsumerRecord<byte[], byte[]> record, boolean reports) {
        try {
            AdapterKey key = AdapterKey.read(record.key());
            if (record.value() == null) {
                catalog.remove(key);
                log.info("adapter {} is taken away", key);
            } else {
                AdapterEvent event = AdapterEvent.read(record.value());
                put(key, event);
                log.info("adapter {} is version {}", key, event.sha256());
            }
            loaded.increment();
            return true;
        } catch (AdapterRefusedException e) {
            refused.increment();
            log.warn(
                    "adapter {} ({} {}, offset {}) is not used: {}. What was served before stays",
                    record.key() == null ? null : Bytes.wrap(record.key()),
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.getMessage());
            if (reports) {
                report(record, e);
            }
            return false;
        }
    }

    private void put(AdapterKey key, AdapterEvent event) {
        for (int attempt = 1; true; attempt++) {
            try {
                catalog.put(key, event);
                return;
            } catch (IOException e) {
                if (attempt == FETCH_ATTEMPTS || closed) {
                    throw new AdapterRefusedException("it cannot be had: " + e, e);
                }
                pause(RETRY);
            }
        }
    }

    private void report(ConsumerRecord<byte[], byte[]> record, AdapterRefusedException cause) {
        if (deadLetters.isEmpty()) {
            return;
        }
        if (producer == null) {
            producer = clients.producer(Map.of("acks", "all"));
        }
        Arrival original = new Arrival(
                0,
                "",
                Bytes.wrap(record.key()),
                Bytes.wrap(record.value()),
                record.headers(),
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp());
        var unused = producer.send(
                new ProducerRecord<>(
                        deadLetters, null, record.key(), record.value(), DeadLetterHeaders.of(original, cause)),
                (metadata, error) -> {
                    if (error != null) {
                        log.warn("topic {} does not take the dead letter: {}", deadLetters, error.toString());
                    }
                });
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Follows it no more; what is loaded stays. */
    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join(Duration.ofSeconds(10).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        consumer.close();
        if (producer != null) {
            producer.close();
        }
    }
}
