package io.causalstreams.app.internal.kafka;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.ErrorLine;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Puts prompt events into their topic, one after the other. */
public final class PromptSender implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;

    public PromptSender(KafkaConnection connection, String topic) {
        this.producer = connection.producer(Map.of());
        this.topic = topic;
    }

    /**
     * Returns when the broker has the record.
     *
     * @throws AppException if it does not take it
     */
    public RecordMetadata send(@Nullable String key, String value) {
        byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
        try {
            return producer.send(new ProducerRecord<>(topic, keyBytes, value.getBytes(StandardCharsets.UTF_8)))
                    .get();
        } catch (ExecutionException e) {
            throw new AppException("cannot send to topic " + topic + ": " + ErrorLine.of(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AppException("interrupted while sending to topic " + topic, e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
