package io.causalstreams.topology.internal.answer;

import io.causalstreams.topology.OutputEvent;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.jspecify.annotations.Nullable;

/** How output events become records. */
public final class OutputSerdes {

    private OutputSerdes() {}

    /**
     * The event's bytes; there is no way back.
     *
     * @param format value of its JSON
     */
    public static Serde<OutputEvent> values(Serializer<byte[]> format) {
        return Serdes.serdeFrom((topic, event) -> written(topic, event, format), (topic, bytes) -> {
            throw new UnsupportedOperationException("output events are written, not read");
        });
    }

    private static byte @Nullable [] written(String topic, @Nullable OutputEvent event, Serializer<byte[]> format) {
        byte[] json = event == null ? null : event.bytes();
        return json == null ? null : format.serialize(topic, json);
    }

    /** Records with a key go where Kafka's own partitioner sends them; those without, by request, so that order holds. */
    public static StreamPartitioner<byte[], OutputEvent> partitioner() {
        return (topic, key, event, partitions) -> key != null
                ? Optional.empty()
                : Optional.of(Set.of(Utils.toPositive(event.requestId().hashCode()) % partitions));
    }
}
