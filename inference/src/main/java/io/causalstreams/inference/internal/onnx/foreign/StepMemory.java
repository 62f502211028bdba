package io.causalstreams.inference.internal.onnx.foreign;

import io.causalstreams.inference.internal.onnx.cache.NativeMemory;
import java.nio.ByteBuffer;

/**
 * One stretch of memory for every block of a step's cache, grown when a step needs more, never shrunk.
 *
 * <p>Threading: engine thread only.
 */
final class StepMemory implements AutoCloseable {
    private final NativeMemory[] memory;
    private final ByteBuffer[] views;
    private long capacity;

    StepMemory(int blocks) {
        this.memory = new NativeMemory[blocks];
        this.views = new ByteBuffer[blocks];
    }

    /** Room for {@code bytes} bytes a block; what was there before may be lost. @throws OutOfMemoryError */
    void reserve(long bytes) {
        if (bytes <= capacity && capacity > 0) {
            return;
        }
        long wanted = Math.min(Integer.MAX_VALUE, Math.max(4096, bytes + bytes / 2)); // not again at every step
        close();
        for (int block = 0; block < memory.length; block++) {
            memory[block] = NativeMemory.allocate(wanted);
            views[block] = memory[block].view(0, wanted);
        }
        capacity = wanted;
    }

    ByteBuffer block(int block) {
        return views[block];
    }

    @Override
    public void close() {
        capacity = 0;
        for (int block = 0; block < memory.length; block++) {
            if (memory[block] != null) {
                memory[block].close();
            }
        }
    }
}
