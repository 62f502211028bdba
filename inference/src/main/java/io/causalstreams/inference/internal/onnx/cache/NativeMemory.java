package io.causalstreams.inference.internal.onnx.cache;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A stretch of memory outside the Java heap, freed by {@link #close()} at once.
 *
 * <p>Not {@link ByteBuffer#allocateDirect}: that writes zeros over every page, so a KV cache of 3 GB would be resident
 * before its first token, it is capped by {@code -XX:MaxDirectMemorySize}, and it is freed when the collector likes.
 * Memory from {@code malloc} becomes resident page by page as slots are used. Its first content is undefined.
 *
 * <p>Threading: none of its own; no view may be used after {@link #close()}.
 */
public final class NativeMemory implements AutoCloseable {
    private final long bytes;
    private final Pointer address;
    private boolean closed;

    private NativeMemory(long bytes, Pointer address) {
        this.bytes = bytes;
        this.address = address;
    }

    /** Takes {@code bytes} bytes. @throws OutOfMemoryError if the system does not give {@code bytes} bytes */
    public static NativeMemory allocate(long bytes) {
        long peer = Native.malloc(bytes);
        if (peer == 0) {
            throw new OutOfMemoryError("the system has no " + bytes + " bytes");
        }
        return new NativeMemory(bytes, new Pointer(peer));
    }

    /** A view of {@code length} bytes from {@code offset} on, position 0, native order. */
    public ByteBuffer view(long offset, long length) {
        if (closed || offset < 0 || length < 0 || offset + length > bytes || length > Integer.MAX_VALUE) {
            throw new IndexOutOfBoundsException(
                    "view of " + length + " bytes at " + offset + " of " + (closed ? 0 : bytes) + " bytes");
        }
        return address.getByteBuffer(offset, length).order(ByteOrder.nativeOrder());
    }

    /** Copies {@code length} bytes within this memory; the two stretches must not overlap. */
    void copy(long from, long to, long length) {
        view(to, length).put(view(from, length));
    }

    /** Gives the pages within a stretch back to the system until they are written again; their content is lost. */
    void release(long offset, long length) {
        if (closed || offset < 0 || length < 0 || offset + length > bytes) {
            throw new IndexOutOfBoundsException(
                    length + " bytes at " + offset + " of " + (closed ? 0 : bytes) + " bytes");
        }
        Pages.release(Pointer.nativeValue(address) + offset, length);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Native.free(Pointer.nativeValue(address));
        }
    }
}
