package io.causalstreams.topology.internal.operator;

import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Says where the records of a task come from.
 *
 * <p>Records made of one input record, as by {@code flatMap}, have its coordinates: their order distinguishes them. A
 * record another operator forwarded from its punctuation has no coordinates: it is named by the task, its place in the
 * journal and its timestamp.
 *
 * <p>Threading: stream thread.
 */
final class RecordSources {

    private final ProcessingContext context;
    private @Nullable String last;
    private int repeats;

    RecordSources(ProcessingContext context) {
        this.context = context;
    }

    /** The source of the record that is processed now; once a record. */
    RecordSource next(Record<?, ?> record, long sequence) {
        RecordMetadata metadata = context.recordMetadata().orElse(null);
        if (metadata == null || metadata.topic() == null) {
            int partition = context.taskId().partition();
            return new RecordSource(
                    "", partition, -1, context.taskId() + "-" + sequence + "-" + Math.max(0, record.timestamp()));
        }
        String coordinates = metadata.topic() + "-" + metadata.partition() + "-" + metadata.offset();
        repeats = coordinates.equals(last) ? repeats + 1 : 0;
        last = coordinates;
        String name = repeats == 0 ? coordinates : coordinates + "-" + repeats;
        return new RecordSource(metadata.topic(), metadata.partition(), metadata.offset(), name);
    }
}
