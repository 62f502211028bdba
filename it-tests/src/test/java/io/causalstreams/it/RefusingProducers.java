package io.causalstreams.it;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Producers to whose sends a broker answers with an error of the produce protocol: the callback gets it, and the transaction
 * can only be aborted, as with a real one.
 *
 * <p>Threading: any.
 */
final class RefusingProducers extends DefaultKafkaClientSupplier {
    private final Predicate<ProducerRecord<byte[], byte[]>> refused;
    private final boolean once;
    private volatile @Nullable ApiException error;

    /** @param once whether the same record is taken when it comes again */
    RefusingProducers(boolean once, Predicate<ProducerRecord<byte[], byte[]>> refused) {
        this.once = once;
        this.refused = refused;
    }

    /** From now on. */
    void answer(ApiException with) {
        this.error = with;
    }

    /** Whether none was refused since. */
    boolean isPending() {
        return error != null;
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()) {
            private @Nullable ApiException failed;

            @Override
            public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> sent, @Nullable Callback callback) {
                throwIfFailed();
                ApiException now = error;
                if (now == null || callback == null || !refused.test(sent)) {
                    return super.send(sent, callback);
                }
                if (once) {
                    error = null;
                }
                failed = now;
                callback.onCompletion(
                        new RecordMetadata(new TopicPartition(sent.topic(), -1), -1, -1, -1, -1, -1), now);
                return CompletableFuture.failedFuture(now);
            }

            @Override
            public void sendOffsetsToTransaction(
                    Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
                throwIfFailed();
                super.sendOffsetsToTransaction(offsets, group);
            }

            @Override
            public void commitTransaction() {
                throwIfFailed();
                super.commitTransaction();
            }

            @Override
            public void abortTransaction() {
                failed = null;
                super.abortTransaction();
            }

            private void throwIfFailed() {
                if (failed != null) {
                    throw new KafkaException(
                            "Cannot execute transactional method because we are in an error state", failed);
                }
            }
        };
    }
}
