package io.causalstreams.inference.internal.onnx.cache;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A KV cache in the host's memory.
 *
 * <p>Threading: engine thread only.
 */
public final class HostKvCache implements KvCache {
    /** Positions of a slot that stay resident: the next request is about to write them again. */
    static final int KEPT_POSITIONS = 1024;

    private final KvCacheLayout layout;
    private final NativeMemory[] blocks;
    private final CacheTensors tensors;
    /** Of each slot, the positions that may be resident. */
    private final int[] written;

    /** Reserves {@code layout.totalBytes()}; pages become resident as they are used. @throws OutOfMemoryError */
    HostKvCache(OrtEnvironment environment, KvCacheLayout layout) {
        OnnxJavaType type = type(layout.elementBytes());
        this.layout = layout;
        this.tensors = new CacheTensors(
                layout,
                (block, offset, bytes, shape) ->
                        OnnxTensor.createTensor(environment, view(block, offset, bytes), shape, type));
        this.written = new int[layout.slots()];
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

    private static OnnxJavaType type(int elementBytes) {
        return switch (elementBytes) {
            case 1 -> OnnxJavaType.INT8;
            case 2 -> OnnxJavaType.FLOAT16;
            default -> OnnxJavaType.FLOAT;
        };
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
    public void write(int slot, int length) {
        written[slot] = Math.max(written[slot], length);
    }

    /** Of the first {@value #KEPT_POSITIONS} positions the memory stays. A system call for every head of every layer. */
    @Override
    public void forget(int slot, int length) {
        int kept = Math.max(length, KEPT_POSITIONS);
        if (written[slot] <= kept) {
            return;
        }
        long bytes = (long) (written[slot] - kept) * layout.positionBytes();
        for (NativeMemory block : blocks) {
            for (int head = 0; head < layout.kvHeads(); head++) {
                block.release(layout.headOffset(slot, head) + (long) kept * layout.positionBytes(), bytes);
            }
        }
        written[slot] = kept;
    }

    @Override
    public void copySlot(int from, int to, int length) {
        write(to, length);
        long bytes = (long) length * layout.positionBytes();
        for (NativeMemory block : blocks) {
            for (int head = 0; head < layout.kvHeads(); head++) {
                block.copy(layout.headOffset(from, head), layout.headOffset(to, head), bytes);
            }
        }
    }

    @Override
    public void fill(byte value) {
        Arrays.fill(written, layout.positions());
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
