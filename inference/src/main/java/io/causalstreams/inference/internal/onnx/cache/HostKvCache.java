package io.causalstreams.inference.internal.onnx.cache;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A KV cache in the host's memory.
 *
 * <p>Threading: engine thread only.
 */
public final class HostKvCache implements KvCache {
    private final KvCacheLayout layout;
    private final NativeMemory[] blocks;
    private final CacheTensors tensors;

    /** Reserves {@code layout.totalBytes()}; pages become resident as they are used. @throws OutOfMemoryError */
    HostKvCache(OrtEnvironment environment, KvCacheLayout layout) {
        OnnxJavaType type = layout.elementBytes() == 2 ? OnnxJavaType.FLOAT16 : OnnxJavaType.FLOAT;
        this.layout = layout;
        this.tensors = new CacheTensors(
                layout,
                (block, offset, bytes, shape) ->
                        OnnxTensor.createTensor(environment, view(block, offset, bytes), shape, type));
        this.blocks = new NativeMemory[2 * layout.layers()];
        try {
            for (int block = 0; block < blocks.length; block++) {
                blocks[block] = NativeMemory.allocate(layout.blockBytes());
            }
        } catch (OutOfMemoryError e) {
            close();
            throw e;
        }
    }

    @Override
    public KvCacheLayout layout() {
        return layout;
    }

    /** All slots' keys (block 2 × layer) or values (2 × layer + 1), shape (slots, kvHeads, positions, headDim). */
    public ByteBuffer block(int block) {
        return blocks[block].view(0, layout.blockBytes());
    }

    private ByteBuffer view(int block, long offset, long bytes) {
        return blocks[block].view(offset, bytes);
    }

    @Override
    public Bindings bind(int firstSlot, int rows) throws OrtException {
        return tensors.over(firstSlot, rows);
    }

    @Override
    public void copySlot(int from, int to, int length) {
        long bytes = (long) length * layout.positionBytes();
        for (NativeMemory block : blocks) {
            for (int head = 0; head < layout.kvHeads(); head++) {
                block.copy(layout.headOffset(from, head), layout.headOffset(to, head), bytes);
            }
        }
    }

    @Override
    public void fill(byte value) {
        for (NativeMemory block : blocks) {
            var view = block.view(0, layout.blockBytes());
            while (view.hasRemaining()) {
                view.put(value);
            }
        }
    }

    @Override
    public void close() {
        tensors.close();
        for (@Nullable NativeMemory block : blocks) {
            if (block != null) {
                block.close();
            }
        }
    }
}
