package io.causalstreams.http.internal.kafka;

import io.causalstreams.http.DoorTopics;
import io.causalstreams.http.KafkaClients;
import io.causalstreams.topology.FormUnavailableException;
import io.causalstreams.topology.ValueFormat;
import io.causalstreams.topology.event.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Publishes prompts and cancels. A prompt and its cancel have the same key, so that they meet in one task.
 *
 * <p>Threading: any; the producer and the format, which may block while the broker or a registry is away, are called by a thread of
 * its own.
 */
public final class Prompts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Prompts.class);
    private static final int MOST_BLOCKED_MILLIS = 5_000;
    private static final int DELIVERY_MILLIS = 30_000;

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final ValueFormat format;
    private final ThreadPoolExecutor thread;

    public Prompts(KafkaClients clients, DoorTopics topics) {
        this.topic = topics.prompts();
        this.format = topics.format();
        this.producer = clients.producer(Map.of(
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                MOST_BLOCKED_MILLIS,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                DELIVERY_MILLIS / 2,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                DELIVERY_MILLIS));
        this.thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread daemon = new Thread(task, "http-door-prompts");
            daemon.setDaemon(true);
            return daemon;
        });
    }

    /**
     * Publishes a prompt.
     *
     * @param prompt the event with its id
     * @return empty when the broker has it; an {@link UnwritableException} if the topic's schema does not take it; after
     *     another failure, as a {@link KafkaException}, nobody knows whether it has
     */
    public Mono<Void> publish(Prompt prompt) {
        return published(() -> message(prompt)).then();
    }

    private ProducerRecord<byte[], byte[]> message(Prompt prompt) {
        ProducerRecord<byte[], byte[]> message =
                new ProducerRecord<>(topic, bytes(prompt.key()), value(prompt.event()));
        prompt.headers().forEach((name, value) -> message.headers().add(name, bytes(value)));
        message.headers().add(EventHeaders.ID, bytes(prompt.id()));
        return message;
    }

    /** What a schema would leave out of what is asked would be answered as if it had not been asked. */
    private byte[] value(byte[] event) {
        if (format == ValueFormat.json()) {
            return event;
        }
        byte[] written;
        try {
            written = format.fromJson(topic, event);
        } catch (FormUnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new UnwritableException(null, String.valueOf(e.getMessage()));
        }
        MissedField missed = MissedField.first(format, topic, event, written);
        if (missed != null) {
            throw new UnwritableException(
                    missed.name(), "the schema of topic " + topic + " has no " + String.join(", ", missed.lost()));
        }
        return written;
    }

    /**
     * Publishes a record as it is.
     *
     * @param message of the prompts topic
     * @return where it is when the broker has it; else a {@link KafkaException}, and nobody knows whether it has
     */
    public Mono<RecordMetadata> publish(ProducerRecord<byte[], byte[]> message) {
        return published(() -> message);
    }

    private Mono<RecordMetadata> published(Supplier<ProducerRecord<byte[], byte[]>> message) {
        return Mono.create(sink -> send(message, (sent, failure) -> {
            if (failure == null) {
                sink.success(sent);
            } else {
                sink.error(failure);
            }
        }));
    }

    /**
     * A prompt to be published.
     *
     * @param key decides the task that takes it
     * @param event JSON
     * @param headers beside the id's; they come back with the answer
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody writes into it
    public record Prompt(String id, String key, byte[] event, Map<String, String> headers) {}

    /** Cancels a prompt that was published; one that has ended does not mind. */
    public void cancel(Prompt prompt) {
        ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(topic, bytes(prompt.key()), null);
        message.headers().add(EventHeaders.CANCEL, bytes(prompt.id()));
        send(() -> message, (sent, failure) -> {
            if (failure != null) {
                LOG.warn("request {} could not be cancelled: {}", prompt.id(), failure.toString());
            }
        });
    }

    private void send(Supplier<ProducerRecord<byte[], byte[]>> message, Callback onEnd) {
        thread.execute(() -> {
            try {
                var unused = producer.send(message.get(), onEnd);
            } catch (RuntimeException e) { // whatever it is, somebody waits
                onEnd.onCompletion(null, e);
            } catch (Error e) {
                onEnd.onCompletion(null, new KafkaException("the prompt cannot be published: " + e, e));
                throw e;
            }
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The schema of the topic has no place for what is asked. */
    public static final class UnwritableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final @Nullable String field;

        public UnwritableException(@Nullable String field, String message) {
            super(message);
            this.field = field;
        }

        /** Of the event; null when none is named. */
        public @Nullable String field() {
            return field;
        }
    }

    @Override
    public void close() {
        thread.shutdown();
        producer.close(Duration.ofSeconds(2));
    }
}
