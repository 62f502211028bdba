package io.causalstreams.topology.internal.processor;

import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Where a record comes from.
 *
 * <p>A record another operator forwarded from its punctuation has no coordinates. It is named by the task, its place in
 * the journal and its timestamp instead.
 *
 * @param topic empty when there is none
 * @param offset -1 when there is none
 * @param name unique among the requests of a task
 */
record RecordSource(String topic, int partition, long offset, String name) {

    static RecordSource of(ProcessorContext<?, ?> context, Record<?, ?> record, long sequence) {
        RecordMetadata metadata = context.recordMetadata().orElse(null);
        if (metadata != null && metadata.topic() != null) {
            return new RecordSource(
                    metadata.topic(),
                    metadata.partition(),
                    metadata.offset(),
                    metadata.topic() + "-" + metadata.partition() + "-" + metadata.offset());
        }
        int partition = context.taskId().partition();
        return new RecordSource(
                "", partition, -1, context.taskId() + "-" + sequence + "-" + Math.max(0, record.timestamp()));
    }
}
