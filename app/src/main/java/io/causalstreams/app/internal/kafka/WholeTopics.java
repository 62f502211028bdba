package io.causalstreams.app.internal.kafka;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.ErrorLine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Topics as they are now: every committed record from the beginning to the end, outside of any group. */
final class WholeTopics {
    private WholeTopics() {}

    /**
     * Reads {@code topics}; the records of a partition come in order.
     *
     * @return how many partitions they have together; one that does not exist has none
     * @throws AppException if they cannot be read
     */
    static int read(KafkaConnection connection, List<String> topics, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                connection.consumer(Map.of("isolation.level", "read_committed", "allow.auto.create.topics", "false"))) {
            List<TopicPartition> partitions = topics.stream()
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(each -> new TopicPartition(each.topic(), each.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(reader);
            }
            return partitions.size();
        } catch (KafkaException e) {
            throw new AppException("topic " + String.join(", ", topics) + " cannot be read: " + ErrorLine.of(e), e);
        }
    }
}
