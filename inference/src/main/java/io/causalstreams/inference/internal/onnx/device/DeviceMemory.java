package io.causalstreams.inference.internal.onnx.device;

import java.nio.Buffer;

/**
 * Memory of one device, by addresses that mean something there only.
 *
 * <p>What is queued by {@link #copyRows}, {@link #fill} and {@link #upload} is done when {@link #finish} returns, and before that
 * nobody else may rely on it: sessions compute on streams of their own.
 *
 * <p>Threading: one thread at a time.
 */
public interface DeviceMemory {

    /** Bytes that nobody has taken yet. */
    long freeBytes();

    /** Takes {@code bytes} bytes, of undefined content. @throws DeviceException if the device has not as many */
    long allocate(long bytes);

    /** Gives back what {@link #allocate} gave. */
    void free(long address);

    /** Copies {@code rows} stretches of {@code rowBytes} bytes that begin {@code pitch} bytes apart, on both sides; no overlap. */
    void copyRows(long from, long to, long rowBytes, long pitch, long rows);

    /** Copies {@code bytes} bytes from the beginning of a direct buffer, which may be changed after {@link #finish}. */
    void upload(Buffer source, long bytes, long target);

    /** Fills {@code bytes} bytes from the beginning of a direct buffer on; done when this returns. */
    void download(long source, Buffer target, long bytes);

    /**
     * Has the host's memory of a direct buffer copied faster, until {@link #unpin}; it must not be freed before.
     *
     * @return false if the system does not lock that much memory; copies work all the same
     */
    boolean pin(Buffer direct, long bytes);

    /** Undoes {@link #pin}. */
    void unpin(Buffer direct);

    /** Sets all of {@code bytes} bytes. */
    void fill(long address, byte value, long bytes);

    /** Waits until everything that was queued is done. */
    void finish();
}
