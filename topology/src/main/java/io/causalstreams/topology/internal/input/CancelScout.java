package io.causalstreams.topology.internal.input;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads ahead in held partitions for cancels, so that they reach requests that wait.
 *
 * <p>Reads every record once; commits nothing and is no member of the group. What it reports is only earlier than what
 * the main consumer will read, so a scout that fails costs promptness, not correctness.
 *
 * <p>Threading: the main consumer's thread.
 */
final class CancelScout {

    private static final Logger log = LoggerFactory.getLogger(CancelScout.class);

    private final Map<String, Object> config;
    private final InputGate gate;
    private final Map<TopicPartition, Long> positions = new HashMap<>();

    private @Nullable Consumer<byte[], byte[]> consumer;
    private boolean failed;

    CancelScout(Map<String, Object> mainConfig, InputGate gate) {
        this.config = new HashMap<>(mainConfig);
        this.gate = gate;
        for (String groupSetting : List.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG)) {
            config.remove(groupSetting);
        }
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 500);
        config.put(
                CommonClientConfigs.CLIENT_ID_CONFIG,
                mainConfig.getOrDefault(CommonClientConfigs.CLIENT_ID_CONFIG, "causal-streams") + "-scout");
    }

    /** Looks on in those of {@code paused} that can hold cancels; the first time from the main consumer's place. Never blocks. */
    void lookAhead(Set<TopicPartition> paused, ToLongFunction<TopicPartition> mainPosition) {
        Set<TopicPartition> held = paused.stream().filter(gate::awaitsCancels).collect(Collectors.toSet());
        if (failed || (held.isEmpty() && consumer == null)) {
            return;
        }
        try {
            Consumer<byte[], byte[]> ahead = consumer();
            assign(ahead, held, mainPosition);
            if (!held.isEmpty()) {
                for (ConsumerRecord<byte[], byte[]> record : ahead.poll(Duration.ZERO)) {
                    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                    positions.put(partition, record.offset() + 1);
                    AheadCancel cancel = AheadCancel.of(record);
                    if (cancel != null) {
                        gate.offer(partition, cancel);
                    }
                }
            }
        } catch (RuntimeException e) {
            log.warn("cannot look ahead for cancels; they are read in their turn", e);
            failed = true;
            close();
        }
    }

    void close() {
        if (consumer != null) {
            consumer.close();
            consumer = null;
        }
    }

    private Consumer<byte[], byte[]> consumer() {
        if (consumer == null) {
            consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }
        return consumer;
    }

    private void assign(
            Consumer<byte[], byte[]> ahead, Set<TopicPartition> held, ToLongFunction<TopicPartition> mainPosition) {
        if (ahead.assignment().equals(held)) {
            return;
        }
        Set<TopicPartition> added = new HashSet<>(held);
        added.removeAll(ahead.assignment());
        ahead.assign(held);
        for (TopicPartition partition : added) {
            long from = Math.max(positions.getOrDefault(partition, 0L), mainPosition.applyAsLong(partition));
            ahead.seek(partition, from);
        }
    }
}
