package io.causalstreams.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/** A record class as JSON. */
record JsonSerde<T>(Class<T> type) implements Serde<T> {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    @SuppressWarnings("NullAway") // Kafka: a record without a value stays one
    public Serializer<T> serializer() {
        return (topic, value) -> {
            try {
                return value == null ? null : JSON.writeValueAsBytes(value);
            } catch (JsonProcessingException e) {
                throw new SerializationException(type.getSimpleName() + " for " + topic + " is not written", e);
            }
        };
    }

    @Override
    @SuppressWarnings("NullAway") // Kafka: a record without a value stays one
    public Deserializer<T> deserializer() {
        return (topic, json) -> {
            try {
                return json == null ? null : JSON.readValue(json, type);
            } catch (IOException e) {
                throw new SerializationException("a record of " + topic + " is no " + type.getSimpleName(), e);
            }
        };
    }
}
