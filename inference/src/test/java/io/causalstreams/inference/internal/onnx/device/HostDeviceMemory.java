package io.causalstreams.inference.internal.onnx.device;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.Buffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/** Memory of so many bytes, on the host. What is queued happens as late as it may: when somebody waits for it. */
public final class HostDeviceMemory implements DeviceMemory {
    private final long bytes;
    private final Map<Long, Long> taken = new HashMap<>();
    private final Set<Pointer> pinned = new HashSet<>();
    private final Queue<Runnable> queued = new ArrayDeque<>();
    private int allocations;
    private int refusedFrom = Integer.MAX_VALUE;

    HostDeviceMemory(long bytes) {
        this.bytes = bytes;
    }

    /** How often memory was taken so far. */
    public int allocations() {
        return allocations;
    }

    /** Gives memory so many times. */
    public void giveOnly(int times) {
        refusedFrom = allocations + times;
    }

    /** Whether everything that was taken, or pinned, was given back. */
    public boolean isUntouched() {
        return taken.isEmpty() && pinned.isEmpty();
    }

    @Override
    public long freeBytes() {
        return bytes - taken.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public long allocate(long size) {
        if (size > freeBytes() || allocations >= refusedFrom) {
            throw new DeviceException("fakeMalloc: out of memory");
        }
        long address = Native.malloc(size);
        taken.put(address, size);
        allocations++;
        return address;
    }

    @Override
    public void free(long address) {
        if (taken.remove(address) == null) {
            throw new DeviceException("fakeFree: nothing was taken there");
        }
        Native.free(address);
    }

    @Override
    public void copyRows(long from, long to, long rowBytes, long pitch, long rows) {
        queued.add(() -> {
            for (long row = 0; row < rows; row++) {
                byte[] stretch = new Pointer(from + row * pitch).getByteArray(0, Math.toIntExact(rowBytes));
                new Pointer(to + row * pitch).write(0, stretch, 0, stretch.length);
            }
        });
    }

    @Override
    public void upload(Buffer source, long size, long target) {
        queued.add(() -> copy(Native.getDirectBufferPointer(source), new Pointer(target), size));
    }

    @Override
    public void download(long source, Buffer target, long size) {
        finish();
        copy(new Pointer(source), Native.getDirectBufferPointer(target), size);
    }

    @Override
    public boolean pin(Buffer direct, long size) {
        return pinned.add(Native.getDirectBufferPointer(direct));
    }

    @Override
    public void unpin(Buffer direct) {
        if (!pinned.remove(Native.getDirectBufferPointer(direct))) {
            throw new DeviceException("fakeUnpin: was not pinned");
        }
    }

    @Override
    public void fill(long address, byte value, long size) {
        queued.add(() -> new Pointer(address).setMemory(0, size, value));
    }

    @Override
    public void finish() {
        for (Runnable next = queued.poll(); next != null; next = queued.poll()) {
            next.run();
        }
    }

    private static void copy(Pointer from, Pointer to, long size) {
        byte[] elements = from.getByteArray(0, Math.toIntExact(size));
        to.write(0, elements, 0, elements.length);
    }
}
