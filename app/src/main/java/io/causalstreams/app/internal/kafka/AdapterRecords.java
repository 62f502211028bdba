package io.causalstreams.app.internal.kafka;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.topology.adapter.AdapterEvent;
import io.causalstreams.topology.adapter.AdapterKey;
import io.causalstreams.topology.adapter.AdapterRefusedException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Reads and writes the topic of adapters. */
public final class AdapterRecords {
    private AdapterRecords() {}

    /** What the topic says now, by key. */
    public static Map<AdapterKey, AdapterEvent> read(KafkaConnection connection, String topic) {
        Map<AdapterKey, AdapterEvent> all = new TreeMap<>(Comparator.comparing(AdapterKey::toString));
        WholeTopics.read(connection, List.of(topic), record -> put(all, record));
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
