package io.causalstreams.examples.quarkus;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.ConfigProvider;

/** Sends a ticket and a prompt to the running application, and waits for what it answers. */
final class TriageCheck {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final String bootstrapServers =
            ConfigProvider.getConfig().getValue("kafka.bootstrap.servers", String.class);

    void run() throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("tickets", "t-1", "My card was charged twice."))
                    .get();
            producer.send(new ProducerRecord<>(
                            "prompts", "p-1", "{\"id\":\"p-1\",\"prompt\":\"Kafka is\",\"max_tokens\":4}"))
                    .get();
        }
        assertThat(next("labels").value()).isIn("payment", "login", "delivery");
        assertThat(next("completions").value()).contains("\"id\":\"p-1\"", "\"completion_tokens\":4");
    }

    private ConsumerRecord<String, String> next(String topic) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "group.id",
                "check-" + topic,
                "auto.offset.reset",
                "earliest",
                "isolation.level",
                "read_committed");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            Instant end = Instant.now().plus(LIMIT);
            while (Instant.now().isBefore(end)) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    return record;
                }
            }
            throw new AssertionError("nothing came to topic " + topic + " within " + LIMIT);
        }
    }
}
