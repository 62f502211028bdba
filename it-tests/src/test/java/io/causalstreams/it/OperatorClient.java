package io.causalstreams.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends prompts and keeps everything that a read_committed consumer sees of the outputs, in order.
 *
 * <p>Threading: one thread.
 */
final class OperatorClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;

    /** Token events by request id, as committed. */
    final Map<String, List<JsonNode>> tokens = new HashMap<>();
    /** Completion events by request id; more than one is a fault. */
    final Map<String, List<JsonNode>> completions = new HashMap<>();

    /** When each of the token events was read, in ms of {@link System#nanoTime}. */
    private final Map<String, List<Long>> tokenTimes = new HashMap<>();

    private final Map<String, ConsumerRecord<byte[], byte[]>> completionRecords = new HashMap<>();
    final List<ConsumerRecord<byte[], byte[]>> deadLetters = new ArrayList<>();
    /** By partition; a consumer that must join its group again reads from its last commit, and sees records twice. */
    private final Map<TopicPartition, Long> nextOffsets = new HashMap<>();

    OperatorClient(String bootstrapServers) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrapServers);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        properties.remove(ProducerConfig.ACKS_CONFIG);
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, "reader-" + UUID.randomUUID());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, "1000");
        consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of("tokens", "completions", "dead-letters"));
    }

    void send(String key, String json, Header... headers) {
        sendBytes(utf8(key), utf8(json), headers);
    }

    void sendBytes(byte @Nullable [] key, byte @Nullable [] value, Header... headers) {
        awaitTaken(sendAsync(key, value, headers));
    }

    /** Sends all of them before it waits for the first: as a crowd comes, not as fast as a broker answers. */
    void sendAll(List<String> keys, List<String> jsons) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < jsons.size(); i++) {
            sent.add(sendAsync(utf8(keys.get(i)), utf8(jsons.get(i))));
        }
        sent.forEach(OperatorClient::awaitTaken);
    }

    private Future<RecordMetadata> sendAsync(byte @Nullable [] key, byte @Nullable [] value, Header... headers) {
        return producer.send(new ProducerRecord<>("prompts", null, key, value, List.of(headers)));
    }

    private static void awaitTaken(Future<RecordMetadata> prompt) {
        try {
            prompt.get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("the prompt was not taken", e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads until {@code done}, or fails after {@code limit} with what is still missing. */
    void readUntil(String what, Duration limit, BooleanSupplier done) {
        Instant end = Instant.now().plus(limit);
        while (!done.getAsBoolean()) {
            if (Instant.now().isAfter(end)) {
                throw new AssertionError("not within " + limit + ": " + what + "; completions " + completions.keySet()
                        + ", tokens " + tokenCounts());
            }
            poll(Duration.ofMillis(200));
        }
    }

    void readCompletions(Collection<String> ids, Duration limit) {
        readUntil("completions of " + ids, limit, () -> completions.keySet().containsAll(ids));
    }

    /** The originals in the dead letters whose id begins so, in order. */
    List<String> deadLettersOf(String id) {
        return deadLetters.stream()
                .map(letter -> new String(letter.value(), StandardCharsets.UTF_8))
                .filter(original -> original.contains("\"id\": \"" + id))
                .toList();
    }

    /** Reads what else comes within {@code time}: repeats would. */
    void readFor(Duration time) {
        Instant end = Instant.now().plus(time);
        while (Instant.now().isBefore(end)) {
            poll(Duration.ofMillis(200));
        }
    }

    JsonNode completion(String id) {
        return Objects.requireNonNull(completions.get(id)).get(0);
    }

    ConsumerRecord<byte[], byte[]> completionRecord(String id) {
        return Objects.requireNonNull(completionRecords.get(id));
    }

    String text(String id) {
        JsonNode choice = completion(id).path("choices").path(0);
        return choice.has("message")
                ? choice.path("message").path("content").asText()
                : choice.path("text").asText();
    }

    int tokensSeen(String id) {
        return tokens.getOrDefault(id, List.of()).stream()
                .mapToInt(event ->
                        event.path("choices").path(0).path("token_count").asInt())
                .sum();
    }

    /**
     * The longest time that a request which had tokens already waited for more, of what was read in between.
     *
     * @param from ms of {@link System#nanoTime}
     * @return ms
     */
    long longestPause(long from, long to) {
        long longest = 0;
        for (List<Long> times : tokenTimes.values()) {
            for (int i = 1; i < times.size(); i++) {
                if (times.get(i) >= from && times.get(i) < to) {
                    longest = Math.max(longest, times.get(i) - times.get(i - 1));
                }
            }
        }
        return longest;
    }

    private Map<String, Integer> tokenCounts() {
        Map<String, Integer> counts = new HashMap<>();
        tokens.keySet().forEach(id -> counts.put(id, tokensSeen(id)));
        return counts;
    }

    /**
     * What exactly once means: per (id, choice) gapless indices in order without repeats, one completion, and the
     * concatenated text equal to the completion's.
     *
     * @return what is wrong, a line each; empty when nothing is
     */
    List<String> violations(Collection<String> ids) {
        List<String> wrong = new ArrayList<>();
        for (String id : ids) {
            List<JsonNode> ended = completions.getOrDefault(id, List.of());
            if (ended.size() != 1) {
                wrong.add(id + ": " + ended.size() + " completions");
                continue;
            }
            if (ended.get(0).has("error")) {
                wrong.add(id + ": " + ended.get(0).path("error"));
                continue;
            }
            int counted = 0;
            for (JsonNode choice : ended.get(0).path("choices")) {
                counted += checkChoice(id, choice, wrong);
            }
            int usage = ended.get(0).path("usage").path("completion_tokens").asInt();
            if (counted != usage) {
                wrong.add(id + ": " + counted + " tokens in events, usage says " + usage);
            }
        }
        return wrong;
    }

    private int checkChoice(String id, JsonNode choice, List<String> wrong) {
        int index = choice.path("index").asInt();
        int next = 0;
        StringBuilder text = new StringBuilder();
        for (JsonNode event : tokens.getOrDefault(id, List.of())) {
            JsonNode part = event.path("choices").path(0);
            if (part.path("index").asInt() != index) {
                continue;
            }
            if (part.path("token_index").asInt() != next) {
                wrong.add(id + ": token_index " + part.path("token_index") + " where " + next + " was next");
            }
            next = part.path("token_index").asInt() + part.path("token_count").asInt();
            text.append(
                    part.has("delta")
                            ? part.path("delta").path("content").asText()
                            : part.path("text").asText());
        }
        String whole = choice.has("message")
                ? choice.path("message").path("content").asText()
                : choice.path("text").asText();
        if (!text.toString().equals(whole)) {
            wrong.add(id + ": the events' text is not the completion's");
        }
        return next;
    }

    private void poll(Duration time) {
        for (ConsumerRecord<byte[], byte[]> consumed : consumer.poll(time)) {
            TopicPartition partition = new TopicPartition(consumed.topic(), consumed.partition());
            if (consumed.offset() < nextOffsets.getOrDefault(partition, 0L)) {
                continue;
            }
            nextOffsets.put(partition, consumed.offset() + 1);
            if (consumed.topic().equals("dead-letters")) {
                deadLetters.add(consumed);
                continue;
            }
            JsonNode event = read(consumed.value());
            String id = event.path("id").asText();
            (consumed.topic().equals("tokens") ? tokens : completions)
                    .computeIfAbsent(id, key -> new ArrayList<>())
                    .add(event);
            if (consumed.topic().equals("completions")) {
                completionRecords.put(id, consumed);
            } else {
                tokenTimes
                        .computeIfAbsent(id, key -> new ArrayList<>())
                        .add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
            }
        }
    }

    private static JsonNode read(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(5)));
    }
}
