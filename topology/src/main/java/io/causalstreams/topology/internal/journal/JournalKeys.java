package io.causalstreams.topology.internal.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Keys of the journal's store, ordered as unsigned bytes. None depends on the record's key, which may be null or shared.
 *
 * <pre>
 * 'a' sequence(8)            an arrival
 * 'b' hour(8) key            what the records of a key have cost in an hour
 * 'c' id                     the remembered completion of a request
 * 'r' sequence(8)            what an arrival has called, and the results
 * 's' session                the turns of a conversation
 * 't' sequence(8) number(4)  a chunk of published tokens
 * </pre>
 */
final class JournalKeys {

    static final Bytes FIRST_ARRIVAL = arrival(0);
    static final Bytes LAST_ARRIVAL = arrival(Long.MAX_VALUE);

    private static final byte COMPLETION = 'c';
    private static final byte SESSION = 's';
    private static final byte TOKENS = 't';

    private JournalKeys() {}

    static Bytes arrival(long sequence) {
        return Bytes.wrap(
                ByteBuffer.allocate(9).put((byte) 'a').putLong(sequence).array());
    }

    /** @param key of records; null = those without */
    static Bytes spending(long hour, @Nullable Bytes key) {
        byte[] of = key == null ? new byte[0] : key.get();
        return Bytes.wrap(ByteBuffer.allocate(9 + of.length)
                .put((byte) 'b')
                .putLong(hour)
                .put(of)
                .array());
    }

    static Bytes transcript(long sequence) {
        return Bytes.wrap(
                ByteBuffer.allocate(9).put((byte) 'r').putLong(sequence).array());
    }

    /** The number behind the kind. */
    static long sequenceOf(Bytes arrivalKey) {
        return ByteBuffer.wrap(arrivalKey.get()).getLong(1);
    }

    static Bytes tokens(long sequence, int number) {
        return Bytes.wrap(ByteBuffer.allocate(13)
                .put(TOKENS)
                .putLong(sequence)
                .putInt(number)
                .array());
    }

    static Bytes completion(String id) {
        return named(COMPLETION, id);
    }

    static Bytes session(String session) {
        return named(SESSION, session);
    }

    static String nameOf(Bytes key) {
        byte[] bytes = key.get();
        return new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_8);
    }

    static Bytes endOfCompletions() {
        return Bytes.wrap(new byte[] {COMPLETION + 1});
    }

    static Bytes startOfCompletions() {
        return Bytes.wrap(new byte[] {COMPLETION});
    }

    static Bytes endOfSessions() {
        return Bytes.wrap(new byte[] {SESSION + 1});
    }

    static Bytes startOfSessions() {
        return Bytes.wrap(new byte[] {SESSION});
    }

    private static Bytes named(byte kind, String name) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(
                ByteBuffer.allocate(1 + utf8.length).put(kind).put(utf8).array());
    }
}
