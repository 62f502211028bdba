package io.causalstreams.topology.internal.input;

import io.causalstreams.topology.event.EventHeaders;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A cancel that was seen before the records in front of it were read. It applies to prompts with a smaller offset, and
 * is read again, without effect, when its turn comes.
 *
 * @param offset its place in the partition
 * @param id the request it cancels, or null when it is a tombstone
 * @param key the key whose requests it cancels, or null when it names a request
 */
public record AheadCancel(
        long offset, @Nullable String id, @Nullable Bytes key) {

    /** The cancel in a record, or null when it is none. */
    static @Nullable AheadCancel of(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(EventHeaders.CANCEL);
        if (header != null && header.value() != null) {
            return new AheadCancel(record.offset(), new String(header.value(), StandardCharsets.UTF_8), null);
        }
        return record.value() == null && record.key() != null
                ? new AheadCancel(record.offset(), null, Bytes.wrap(record.key()))
                : null;
    }
}
