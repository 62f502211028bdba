package io.causalstreams.topology.internal.journal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Appends to a growing buffer; integers as LEB128 varints, byte arrays with their length + 1 in front (0 = null). */
final class ByteWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(64);

    ByteWriter varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
        return this;
    }

    ByteWriter float64(double value) {
        out.writeBytes(ByteBuffer.allocate(Double.BYTES).putDouble(value).array());
        return this;
    }

    ByteWriter bytes(byte @Nullable [] value) {
        varint(value == null ? 0 : value.length + 1L);
        if (value != null) {
            out.writeBytes(value);
        }
        return this;
    }

    ByteWriter string(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    ByteWriter optionalString(@Nullable String value) {
        return value == null ? bytes(null) : string(value);
    }

    byte[] toByteArray() {
        return out.toByteArray();
    }
}
