package io.causalstreams.topology.internal.answer;

import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.jspecify.annotations.Nullable;

/**
 * How an operator journals its records.
 *
 * @param application the application id
 * @param operator for messages
 * @param topic the topic name given to the serdes
 */
public record RecordCodec<K, V>(String application, String operator, String topic, Serde<K> keys, Serde<V> values) {

    /** By the operator's serdes, else by the topology's default ones. */
    @SuppressWarnings("unchecked")
    public static <K, V> RecordCodec<K, V> of(
            String operator,
            String topic,
            @Nullable Serde<K> keys,
            @Nullable Serde<V> values,
            ProcessingContext context) {
        try {
            return new RecordCodec<>(
                    context.applicationId(),
                    operator,
                    topic,
                    keys != null ? keys : (Serde<K>) context.keySerde(),
                    values != null ? values : (Serde<V>) context.valueSerde());
        } catch (ConfigException e) {
            throw new StreamsException(
                    "operator " + operator + ": cannot journal its records; say how with .withSerdes(keys, values)", e);
        }
    }

    public @Nullable Bytes key(@Nullable K key) {
        return bytes("key", keys.serializer(), key);
    }

    public Bytes value(V value) {
        return bytes("value", values.serializer(), value);
    }

    K key(byte @Nullable [] bytes) {
        return keys.deserializer().deserialize(topic, bytes);
    }

    V value(byte[] bytes) {
        return values.deserializer().deserialize(topic, bytes);
    }

    @SuppressWarnings("NullAway") // a record may have no key, whatever its type
    private <T> Bytes bytes(String what, Serializer<T> serializer, @Nullable T data) {
        try {
            return Bytes.wrap(serializer.serialize(topic, data));
        } catch (ClassCastException e) {
            throw new StreamsException(
                    "operator " + operator + ": " + serializer.getClass().getName() + " cannot journal a " + what
                            + " of "
                            + (data == null ? "no class" : data.getClass().getName())
                            + "; say how with .withSerdes(keys, values)",
                    e);
        }
    }
}
