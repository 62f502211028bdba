package io.causalstreams.topology.internal.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads what {@link ByteWriter} wrote, in the same order. */
final class ByteReader {

    private final ByteBuffer in;

    ByteReader(byte[] bytes) {
        this.in = ByteBuffer.wrap(bytes);
    }

    long varint() {
        long value = 0;
        int shift = 0;
        byte each;
        do {
            each = in.get();
            value |= (long) (each & 0x7f) << shift;
            shift += 7;
        } while (each < 0);
        return value;
    }

    int int32() {
        return Math.toIntExact(varint());
    }

    double float64() {
        return in.getDouble();
    }

    byte @Nullable [] bytes() {
        int length = int32();
        if (length == 0) {
            return null;
        }
        byte[] value = new byte[length - 1];
        in.get(value);
        return value;
    }

    String string() {
        return new String(Objects.requireNonNull(bytes()), StandardCharsets.UTF_8);
    }

    @Nullable
    String optionalString() {
        byte[] value = bytes();
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    boolean hasRemaining() {
        return in.hasRemaining();
    }
}
