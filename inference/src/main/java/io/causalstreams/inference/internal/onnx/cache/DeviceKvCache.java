package io.causalstreams.inference.internal.onnx.cache;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import io.causalstreams.inference.internal.onnx.device.DeviceException;
import io.causalstreams.inference.internal.onnx.device.DeviceMemory;
import io.causalstreams.inference.internal.onnx.device.OrtTensors;

/**
 * A KV cache in a device's memory. Its tensors say where they lie, so sessions of that device append to it where it is.
 *
 * <p>Threading: engine thread only.
 */
public final class DeviceKvCache implements KvCache {
    private final DeviceMemory memory;
    private final KvCacheLayout layout;
    private final long[] blocks;
    private final CacheTensors tensors;
    private int taken;

    /**
     * Takes {@code layout.totalBytes()}, of zeros.
     *
     * @param factory of tensors over {@code memory}; stays the caller's
     * @throws DeviceException if the device has not as many
     */
    DeviceKvCache(DeviceMemory memory, OrtTensors factory, KvCacheLayout layout, OnnxJavaType type) {
        this.memory = memory;
        this.layout = layout;
        this.blocks = new long[2 * layout.layers()];
        this.tensors = new CacheTensors(
                layout, (block, offset, bytes, shape) -> factory.over(blocks[block] + offset, bytes, shape, type));
        try {
            while (taken < blocks.length) {
                blocks[taken] = memory.allocate(layout.blockBytes());
                taken++;
            }
        } catch (DeviceException e) {
            close();
            throw e;
        }
        fill((byte) 0);
    }

    @Override
    public KvCacheLayout layout() {
        return layout;
    }

    @Override
    public Bindings bind(int firstSlot, int rows) throws OrtException {
        return tensors.over(firstSlot, rows);
    }

    @Override
    public void copySlot(int from, int to, int length) {
        if (from == to || length == 0) {
            return;
        }
        long bytes = (long) length * layout.positionBytes();
        for (long block : blocks) {
            memory.copyRows(
                    block + layout.headOffset(from, 0),
                    block + layout.headOffset(to, 0),
                    bytes,
                    layout.headBytes(),
                    layout.kvHeads());
        }
        memory.finish();
    }

    @Override
    public void fill(byte value) {
        for (long block : blocks) {
            memory.fill(block, value, layout.blockBytes());
        }
        memory.finish();
    }

    @Override
    public void close() {
        tensors.close();
        while (taken > 0) {
            memory.free(blocks[--taken]);
        }
    }
}
