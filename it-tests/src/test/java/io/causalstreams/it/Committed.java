package io.causalstreams.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What is committed to a topic. */
final class Committed {
    private static final Duration POLL = Duration.ofMillis(200);

    private Committed() {}

    /** All records from the beginning, as soon as there are so many, with what comes at once behind them. */
    static List<ConsumerRecord<byte[], byte[]>> read(
            String bootstrapServers, String topic, int atLeast, Duration limit) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest",
                        "group.id",
                        "reader-" + System.nanoTime()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            Await.await(atLeast + " records in " + topic).atMost(limit).until(() -> {
                consumer.poll(POLL).forEach(all::add);
                return all.size() >= atLeast;
            });
            consumer.poll(POLL).forEach(all::add);
        }
        return all;
    }
}
