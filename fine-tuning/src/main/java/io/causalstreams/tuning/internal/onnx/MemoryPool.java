package io.causalstreams.tuning.internal.onnx;

import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Native memory for results, used again when they are closed: every step needs the same sizes, and memory of the system's own
 * would be filled with zeros page by page each time. One thread.
 */
public final class MemoryPool {
    private final Map<Long, Deque<FloatBuffer>> free = new HashMap<>();

    /** A tensor of these elements, row-major. */
    public NativeTensor filled(float[] elements, long... shape) {
        NativeTensor tensor = take(shape);
        tensor.memory().put(0, elements);
        return tensor;
    }

    /** A tensor whose elements are whatever they were. */
    public NativeTensor take(long... shape) {
        long elements = 1;
        for (long size : shape) {
            elements = Math.multiplyExact(elements, size);
        }
        Deque<FloatBuffer> same = free.computeIfAbsent(elements, size -> new ArrayDeque<>());
        FloatBuffer memory = same.isEmpty() ? NativeTensor.memory(elements) : same.pop();
        return NativeTensor.over(memory, () -> same.push(memory), shape);
    }
}
