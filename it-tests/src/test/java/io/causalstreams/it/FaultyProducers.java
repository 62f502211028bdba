package io.causalstreams.it;

import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Producers whose sends fail on command, between the other sends of the same punctuation: Kafka Streams meets what a
 * broker that does not answer gives it.
 *
 * <p>Threading: any.
 */
final class FaultyProducers implements KafkaClientSupplier {
    private final KafkaClientSupplier healthy;
    private final AtomicInteger sendsUntilFault = new AtomicInteger();
    private volatile @Nullable Supplier<RuntimeException> fault;

    FaultyProducers(KafkaClientSupplier healthy) {
        this.healthy = healthy;
    }

    /** The {@code sends}th send from now throws {@code fault}, once. */
    void failAfter(int sends, Supplier<RuntimeException> fault) {
        this.fault = fault;
        sendsUntilFault.set(sends);
    }

    /** Whether the fault was thrown. */
    boolean hasFailed() {
        return sendsUntilFault.get() <= 0;
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return healthy.getAdmin(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()) {
            @Override
            public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> sent, @Nullable Callback callback) {
                Supplier<RuntimeException> now = fault;
                if (now != null && sendsUntilFault.decrementAndGet() == 0) {
                    throw now.get();
                }
                return super.send(sent, callback);
            }
        };
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return healthy.getConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return healthy.getRestoreConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return healthy.getGlobalConsumer(config);
    }
}
