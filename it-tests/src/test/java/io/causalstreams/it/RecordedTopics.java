package io.causalstreams.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** What an operator of an earlier release read and wrote until it was stopped, as module topology keeps it for upgrades. */
record RecordedTopics(List<JsonNode> untilStop, List<JsonNode> untilEnd) {
    private static final Path RECORDINGS = Path.of("../topology/src/test/resources/io/causalstreams/topology/upgrade");
    private static final ObjectMapper JSON = new ObjectMapper();

    static RecordedTopics read(String version, String name) {
        List<JsonNode> untilStop = new ArrayList<>();
        List<JsonNode> untilEnd = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(RECORDINGS.resolve(version).resolve(name + ".jsonl"))) {
                JsonNode entry = JSON.readTree(line);
                (entry.path("at").asText().equals("stop") ? untilStop : untilEnd).add(entry);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new RecordedTopics(untilStop, untilEnd);
    }

    /** The completions that the release would have given, had nothing stopped it. */
    List<JsonNode> laterCompletions() {
        List<JsonNode> completions = new ArrayList<>();
        for (JsonNode entry : untilEnd) {
            if (entry.path("topic").asText().equals("completions")) {
                completions.add(json(entry));
            }
        }
        return completions;
    }

    /** Writes everything until the stop into partition 0 of its topics. */
    void write(String bootstrapServers) throws Exception {
        // one request at a time keeps the order without idempotence, which a broker that has just started may upset
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "enable.idempotence",
                false,
                "max.in.flight.requests.per.connection",
                1);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (JsonNode entry : untilStop) {
                Headers headers = new RecordHeaders();
                entry.path("headers")
                        .forEach(header -> headers.add(header.path(0).asText(), bytes(header.path(1))));
                sent.add(producer.send(new ProducerRecord<>(
                        entry.path("topic").asText(),
                        0,
                        entry.path("timestamp").asLong(),
                        bytes(entry.path("key")),
                        bytes(entry.path("value")),
                        headers)));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get(1, TimeUnit.MINUTES);
            }
        }
    }

    /** Records of a topic until the stop. */
    long count(String topic) {
        return untilStop.stream()
                .filter(entry -> entry.path("topic").asText().equals(topic))
                .count();
    }

    private static JsonNode json(JsonNode entry) {
        try {
            return JSON.readTree(bytes(entry.path("value")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte @Nullable [] bytes(JsonNode node) {
        try {
            return node.isNull()
                    ? null
                    : node.isTextual()
                            ? node.asText().getBytes(StandardCharsets.UTF_8)
                            : node.path("base64").binaryValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
