package io.causalstreams.topology.internal.journal;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A prompt as it arrived: everything needed to run it again and to report its failure later.
 *
 * @param sequence place in the task's order of arrival; the journal's key
 * @param id the request's id
 * @param key the record's key, unchanged
 * @param value the record's value, unchanged
 * @param headers the record's headers, unchanged
 * @param topic source topic, with {@code partition} and {@code offset}
 * @param timestamp the record's timestamp, milliseconds since 1970
 * @param form the version of the form its answer has; null = it has none
 */
public record Arrival(
        long sequence,
        String id,
        @Nullable Bytes key,
        @Nullable Bytes value,
        Headers headers,
        String topic,
        int partition,
        long offset,
        long timestamp,
        @Nullable String form) {

    private static final int VERSION = 1;

    /** Has the form of the answer behind the timestamp. Written only where there is one, so that a release before it reads the others. */
    private static final int VERSION_WITH_FORM = 2;

    /** One whose answer has no form that changes. */
    public Arrival(
            long sequence,
            String id,
            @Nullable Bytes key,
            @Nullable Bytes value,
            Headers headers,
            String topic,
            int partition,
            long offset,
            long timestamp) {
        this(sequence, id, key, value, headers, topic, partition, offset, timestamp, null);
    }

    /** The same with this header, instead of one of this name. */
    public Arrival with(String header, String text) {
        Headers more = new RecordHeaders(headers).remove(header).add(header, text.getBytes(StandardCharsets.UTF_8));
        return new Arrival(sequence, id, key, value, more, topic, partition, offset, timestamp, form);
    }

    /** The key's bytes. */
    public byte @Nullable [] keyBytes() {
        return key == null ? null : key.get();
    }

    /** The value's bytes; empty for a null value. */
    public byte[] valueBytes() {
        return value == null ? new byte[0] : value.get();
    }

    byte[] encode() {
        ByteWriter out = new ByteWriter()
                .varint(form == null ? VERSION : VERSION_WITH_FORM)
                .string(id)
                .bytes(keyBytes())
                .bytes(value == null ? null : value.get())
                .string(topic)
                .varint(partition)
                .varint(offset)
                .varint(timestamp);
        if (form != null) {
            out.string(form);
        }
        for (Header header : headers) {
            out.string(header.key()).bytes(header.value());
        }
        return out.toByteArray();
    }

    static Arrival decode(long sequence, byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        int version = in.int32();
        if (version != VERSION && version != VERSION_WITH_FORM) {
            throw new IllegalStateException(
                    "journal entry " + sequence + " has version " + version + ", this release reads up to "
                            + VERSION_WITH_FORM + "; finish its requests with the release that wrote it");
        }
        String id = in.string();
        Bytes key = Bytes.wrap(in.bytes());
        Bytes value = Bytes.wrap(in.bytes());
        String topic = in.string();
        int partition = in.int32();
        long offset = in.varint();
        long timestamp = in.varint();
        String form = version == VERSION_WITH_FORM ? in.string() : null;
        Headers headers = new RecordHeaders();
        while (in.hasRemaining()) {
            headers.add(in.string(), in.bytes());
        }
        return new Arrival(sequence, id, key, value, headers, topic, partition, offset, timestamp, form);
    }
}
