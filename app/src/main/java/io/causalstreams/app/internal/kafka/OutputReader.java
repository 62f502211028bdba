package io.causalstreams.app.internal.kafka;

import io.causalstreams.topology.CausalStreamsConfig;
import io.causalstreams.topology.FormUnavailableException;
import io.causalstreams.topology.ValueFormat;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.EventJson;
import io.causalstreams.topology.event.TokenEvent;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Reads what was committed to the output topics.
 *
 * <p>Threading: one thread.
 */
public final class OutputReader implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final OutputTopics topics;
    private final ValueFormat format;

    private @Nullable String onlyId;

    /** Names; empty = not read. */
    public record OutputTopics(String tokens, String completions, String deadLetters) {
        public static OutputTopics of(CausalStreamsConfig config) {
            return new OutputTopics(
                    config.getString(CausalStreamsConfig.TOKENS_TOPIC_CONFIG),
                    config.getString(CausalStreamsConfig.COMPLETIONS_TOPIC_CONFIG),
                    config.getString(CausalStreamsConfig.DEAD_LETTERS_TOPIC_CONFIG));
        }
    }

    /** What was read. */
    public sealed interface Output {

        /** The request it belongs to; null when that is not known. */
        default @Nullable String id() {
            return null;
        }

        /**
         * Some tokens.
         *
         * @param json the event as it was sent
         */
        record Tokens(TokenEvent event, String json) implements Output {
            @Override
            public String id() {
                return event.id();
            }
        }

        /**
         * The end of a request.
         *
         * @param json the event as it was sent
         */
        record Completion(CompletionEvent event, String json) implements Output {
            @Override
            public String id() {
                return event.id();
            }
        }

        /**
         * A prompt that could not be answered.
         *
         * @param reason the error header's message
         */
        record DeadLetter(String topic, String partition, String offset, String reason, String value)
                implements Output {}

        /** A record of the topic that is not an event of ours. */
        record Foreign(String topic, String why) implements Output {}
    }

    /**
     * Subscribes with a group of its own.
     *
     * @param fromBeginning whether to read what is there already
     */
    public OutputReader(KafkaConnection connection, OutputTopics topics, boolean fromBeginning) {
        this(connection, topics, fromBeginning, ValueFormat.json());
    }

    /** The same of completions in some format. */
    public OutputReader(KafkaConnection connection, OutputTopics topics, boolean fromBeginning, ValueFormat format) {
        this.topics = topics;
        this.format = format;
        this.consumer = connection.consumer(Map.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                "causal-streams-tail-" + UUID.randomUUID(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                fromBeginning ? "earliest" : "latest",
                ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                2_000,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false));
        consumer.subscribe(List.of(topics.tokens(), topics.completions(), topics.deadLetters()).stream()
                .filter(topic -> !topic.isEmpty())
                .toList());
    }

    /** From now on leaves out all that does not belong to {@code id}; null = nothing is left out. */
    public OutputReader only(@Nullable String id) {
        onlyId = id;
        return this;
    }

    /** What came within {@code patience}; a completion after the tokens of its poll. */
    public List<Output> poll(Duration patience) {
        List<Output> tokens = new ArrayList<>();
        List<Output> others = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> message : consumer.poll(patience)) {
            Output output = read(message);
            if (onlyId != null && !onlyId.equals(output.id())) {
                continue;
            }
            (output instanceof Output.Tokens ? tokens : others).add(output);
        }
        tokens.addAll(others);
        return tokens;
    }

    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(2)));
    }

    Output read(ConsumerRecord<byte[], byte[]> message) {
        if (message.topic().equals(topics.deadLetters())) {
            return new Output.DeadLetter(
                    header(message, "__streams.errors.topic"),
                    header(message, "__streams.errors.partition"),
                    header(message, "__streams.errors.offset"),
                    header(message, "__streams.errors.message"),
                    deadLetter(message));
        }
        try {
            if (message.topic().equals(topics.tokens())) {
                return new Output.Tokens(EventJson.readToken(message.value()), text(message.value()));
            }
            byte[] json = json(message);
            return json == null
                    ? new Output.Foreign(message.topic(), "not an event: it has no value")
                    : new Output.Completion(EventJson.readCompletion(json), text(json));
        } catch (UncheckedIOException | IllegalArgumentException e) {
            return new Output.Foreign(message.topic(), "not an event: " + e.getMessage());
        }
    }

    /** As JSON, or as it is while its schema cannot be asked for: a reader of dead letters wants to see all. */
    private String deadLetter(ConsumerRecord<byte[], byte[]> message) {
        try {
            return text(json(message));
        } catch (FormUnavailableException e) {
            return text(message.value());
        }
    }

    private byte @Nullable [] json(ConsumerRecord<byte[], byte[]> message) {
        return message.value() == null ? null : format.toJson(message.topic(), message.value());
    }

    private static String header(ConsumerRecord<byte[], byte[]> message, String name) {
        Header header = message.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : text(header.value());
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }
}
