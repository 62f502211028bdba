package io.causalstreams.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.app.internal.models.ModelSource;
import io.causalstreams.app.internal.models.ModelStore;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.export.Precision;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Assumptions;

/** Sends a ticket and a prompt to the running application, and waits for what it answers. */
final class TriageCheck {
    private static final List<String> TOPICS =
            List.of("tickets", "labels", "prompts", "tokens", "completions", "dead-letters");
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private TriageCheck() {}

    static void createTopics(String bootstrapServers) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(TOPICS.stream()
                            .map(topic -> new NewTopic(topic, 1, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
    }

    static void run(String bootstrapServers) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("tickets", "t-1", "My card was charged twice."))
                    .get();
            producer.send(new ProducerRecord<>(
                            "prompts", "p-1", "{\"id\":\"p-1\",\"prompt\":\"Kafka is\",\"max_tokens\":4}"))
                    .get();
        }
        assertThat(next(bootstrapServers, "labels").value()).isIn("payment", "login", "delivery");
        assertThat(next(bootstrapServers, "completions").value()).contains("\"id\":\"p-1\"", "\"completion_tokens\":4");
    }

    private static ConsumerRecord<String, String> next(String bootstrapServers, String topic) {
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

    /** The default model. Where it cannot be fetched the test is skipped, but fails in CI. */
    static Path model() {
        try {
            return ModelStore.ofUser(Progress.ofStderr())
                    .modelDirectory(ModelSource.parse("smollm2-135m-instruct"), Precision.INT8, Precision.INT8);
        } catch (Exception e) {
            if (System.getenv("CI") != null) {
                throw new AssertionError("the default model cannot be had, and CI must run this test", e);
            }
            return Assumptions.abort("skipped: the default model cannot be had: " + e.getMessage());
        }
    }
}
