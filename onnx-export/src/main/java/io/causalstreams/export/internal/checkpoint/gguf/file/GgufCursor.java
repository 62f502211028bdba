package io.causalstreams.export.internal.checkpoint.gguf.file;

import io.causalstreams.export.internal.checkpoint.ByteSource;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads a GGUF header front to back. Every length is checked against what is left of the file, and all together against
 * fixed budgets, before anything is allocated.
 */
final class GgufCursor {

    /** The header of a model with 256,000 tokens and merges has some 15 MB. */
    private static final long MAX_HEADER_BYTES = 256L << 20;

    /** All arrays of a header together; the largest vocabularies have some 300,000 tokens, merges, scores and types each. */
    private static final long MAX_ARRAY_ELEMENTS = 16L << 20;

    private final ByteSource source;
    private final ByteBuffer window = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    private final long end;
    private long windowEnd;
    private long arrayElements;

    GgufCursor(ByteSource source) {
        this.source = source;
        this.end = Math.min(source.size(), MAX_HEADER_BYTES);
        window.limit(0);
    }

    long position() {
        return windowEnd - window.remaining();
    }

    int u8() {
        return need(1).get() & 0xff;
    }

    short i16() {
        return need(2).getShort();
    }

    int i32() {
        return need(4).getInt();
    }

    long i64() {
        return need(8).getLong();
    }

    /** A count of things that take at least {@code bytesEach} bytes each. */
    int count(String what, long bytesEach) {
        long count = i64();
        if (count < 0 || count > (end - position()) / bytesEach) {
            throw damaged("claims " + Long.toUnsignedString(count) + " " + what + ", more than the header can hold");
        }
        return Math.toIntExact(count);
    }

    /** The length of an array; arrays share one budget. */
    int arrayLength(long bytesEach) {
        int length = count("array elements", bytesEach);
        arrayElements += length;
        if (arrayElements > MAX_ARRAY_ELEMENTS) {
            throw damaged("has arrays of more than " + MAX_ARRAY_ELEMENTS + " elements");
        }
        return length;
    }

    /** A string: u64 length, then UTF-8. */
    String string() {
        byte[] bytes = new byte[count("bytes of text", 1)];
        for (int done = 0; done < bytes.length; ) {
            int part = Math.min(bytes.length - done, window.capacity());
            need(part).get(bytes, done, part);
            done += part;
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private ByteBuffer need(int bytes) {
        if (window.remaining() < bytes) {
            long position = position();
            if (bytes > end - position) {
                throw damaged("ends inside its header, at byte " + position);
            }
            window.clear().limit((int) Math.min(window.capacity(), end - position));
            source.read(position, window);
            window.flip();
            windowEnd = position + window.limit();
        }
        return window;
    }

    CheckpointException damaged(String what) {
        return new CheckpointException(source.name() + ": " + what + "; the GGUF file is damaged, download it again");
    }
}
