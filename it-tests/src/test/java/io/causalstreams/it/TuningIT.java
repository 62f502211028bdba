package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.app.EmbeddedBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tune} on records of a topic, with a tiny model. */
class TuningIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String RECORD = "{\"prompt\":\"question %d\",\"label\":\"yes\"}";

    @TempDir
    Path directory;

    @Test
    void shouldLearnFromWhatATopicHadWhenItBegan() throws IOException {
        try (EmbeddedBroker broker = EmbeddedBroker.start()) {
            // Given: an aborted record, eight committed ones, and a tombstone
            try (KafkaProducer<byte[], byte[]> producer = producer(broker)) {
                producer.initTransactions();
                send(producer, RECORD.formatted(99), false);
                for (int i = 0; i < 8; i++) {
                    send(producer, RECORD.formatted(i).replace(",", ",\n "), true);
                }
                send(producer, null, true);
            }
            Path output = directory.resolve("adapter");

            // When
            tune(broker, "lessons", output, 0);
            try (KafkaProducer<byte[], byte[]> producer = producer(broker)) {
                producer.initTransactions();
                send(producer, "no JSON", true);
            }
            String again = tune(broker, "lessons", output, 0);

            // Then
            List<String> wanted = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                wanted.add(RECORD.formatted(i));
            }
            assertThat(output.resolve("records.jsonl")).hasContent(String.join("\n", wanted) + "\n");
            assertThat(output.resolve("adapter_model.safetensors")).isNotEmptyFile();
            assertThat(again).contains("what was read of the topic before");
            assertThat(tune(broker, "lessons", directory.resolve("other"), 1))
                    .containsPattern("the record at offset \\d+ of lessons-\\d+ is no JSON");
            assertThat(tune(broker, "nothing", directory.resolve("none"), 1))
                    .contains("there is no topic nothing; check its name");
            assertThat(Files.exists(directory.resolve("other/records.jsonl"))).isFalse();
        }
    }

    private static String tune(EmbeddedBroker broker, String topic, Path output, int exitCode) {
        try (CommandProcess tune = CommandProcess.start(
                "tune",
                "--model",
                TestModels.tinyChatCheckpoint().toString(),
                "--data",
                "topic:" + topic,
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--output",
                output.toString(),
                "--rank",
                "2",
                "--batch-size",
                "2",
                "--max-steps",
                "2",
                "--validation",
                "0")) {
            assertThat(tune.awaitExit(LIMIT)).as(tune.output()).isEqualTo(exitCode);
            return tune.output();
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(EmbeddedBroker broker) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "teacher"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, @Nullable String value, boolean commit) {
        producer.beginTransaction();
        byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        Future<RecordMetadata> unused =
                producer.send(new ProducerRecord<>("lessons", "key".getBytes(StandardCharsets.UTF_8), bytes));
        producer.flush();
        if (commit) {
            producer.commitTransaction();
        } else {
            producer.abortTransaction();
        }
    }
}
