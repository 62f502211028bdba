package io.causalstreams.app.internal.kafka;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.topology.adapter.AdapterEvent;
import io.causalstreams.topology.adapter.AdapterKey;
import io.causalstreams.topology.adapter.AdapterRefusedException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads and writes the topic of adapters. */
public final class AdapterRecords {
    private AdapterRecords() {}

    /** What the topic says now, by key. */
    public static Map<AdapterKey, AdapterEvent> read(KafkaConnection connection, String topic) {
        Map<AdapterKey, AdapterEvent> all = new TreeMap<>(Comparator.comparing(AdapterKey::toString));
        try (KafkaConsumer<byte[], byte[]> consumer =
                connection.consumer(Map.of("isolation.level", "read_committed", "allow.auto.create.topics", "false"))) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(each -> new TopicPartition(topic, each.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> put(all, record));
            }
        } catch (KafkaException e) {
            throw new AppException("topic " + topic + " cannot be read: " + ErrorLine.of(e), e);
        }
        return all;
    }

    private static void put(Map<AdapterKey, AdapterEvent> all, ConsumerRecord<byte[], byte[]> record) {
        try {
            AdapterKey key = AdapterKey.read(record.key());
            if (record.value() == null) {
                all.remove(key);
            } else {
                all.put(key, AdapterEvent.read(record.value()));
            }
        } catch (AdapterRefusedException e) {
            System.err.println("offset " + record.offset() + " of topic " + topic(record) + ": " + e.getMessage());
        }
    }

    private static String topic(ConsumerRecord<byte[], byte[]> record) {
        return record.topic() + ", partition " + record.partition();
    }

    /** Writes records in one transaction; a null value is a tombstone. */
    public static void write(
            KafkaConnection connection, String topic, Map<AdapterKey, @Nullable AdapterEvent> records) {
        try (KafkaProducer<byte[], byte[]> producer =
                connection.producer(Map.of("transactional.id", "adapters-" + UUID.randomUUID()))) {
            producer.initTransactions();
            producer.beginTransaction();
            records.forEach((key, event) -> {
                // the commit waits for it
                var unused =
                        producer.send(new ProducerRecord<>(topic, key.bytes(), event == null ? null : event.bytes()));
            });
            producer.commitTransaction();
        } catch (KafkaException e) {
            throw new AppException("topic " + topic + " was not written: " + ErrorLine.of(e), e);
        }
    }
}
