package io.causalstreams.app.internal.kafka;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.topology.ValueFormat;
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
    private final ValueFormat format;

    public PromptSender(KafkaConnection connection, String topic) {
        this(connection, topic, ValueFormat.json());
    }

    /** With values in some format. */
    public PromptSender(KafkaConnection connection, String topic, ValueFormat format) {
        this.format = format;
        this.producer = connection.producer(Map.of());
        this.topic = topic;
    }

    /**
     * Returns when the broker has the record.
     *
     * @param json a prompt event
     * @throws AppException if it does not take it
     */
    public RecordMetadata send(@Nullable String key, String json) {
        byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
        byte[] value = value(json.getBytes(StandardCharsets.UTF_8));
        try {
            return producer.send(new ProducerRecord<>(topic, keyBytes, value)).get();
        } catch (ExecutionException e) {
            throw new AppException("cannot send to topic " + topic + ": " + ErrorLine.of(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AppException("interrupted while sending to topic " + topic, e);
        }
    }

    private byte[] value(byte[] json) {
        try {
            return format.fromJson(topic, json);
        } catch (RuntimeException e) {
            throw new AppException("cannot write a prompt for topic " + topic + ": " + ErrorLine.of(e), e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
