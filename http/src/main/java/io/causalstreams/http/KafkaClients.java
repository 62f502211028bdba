package io.causalstreams.http;

import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** Makes clients for the broker: it knows where it is and how to talk to it. */
public interface KafkaClients {

    /**
     * A producer.
     *
     * @param settings the door's, beside those of the connection
     */
    Producer<byte[], byte[]> producer(Map<String, Object> settings);

    /**
     * A consumer.
     *
     * @param settings the door's, beside those of the connection
     */
    Consumer<byte[], byte[]> consumer(Map<String, Object> settings);
}
