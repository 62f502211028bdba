package io.causalstreams.http;

import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** Where no broker is asked. */
public final class NoClients implements KafkaClients {
    @Override
    public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        throw new UnsupportedOperationException();
    }
}
