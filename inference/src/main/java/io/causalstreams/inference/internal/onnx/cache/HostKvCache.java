package io.causalstreams.inference.internal.onnx.cache;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A KV cache in the host's memory, and tensors over stretches of it.
 *
 * <p>The same tensor is bound as {@code past_key_values.N.*} and, pinned, as {@code present.N.*}: the attention operator
 * sees equal pointers and appends in place, so a step copies no cache. Tensors over the first b slots (decode) and over
 * one slot (prefill) are made once and kept: two small native objects per layer for each.
 *
 * <p>Threading: engine thread only.
 */
public final class HostKvCache implements AutoCloseable {
    private final OrtEnvironment environment;
    private final KvCacheLayout layout;
    private final OnnxJavaType type;
    private final NativeMemory[] blocks;
    private final Map<Stretch, Bindings> bindings = new HashMap<>();

    private record Stretch(int firstSlot, int rows) {}

    /** The cache's tensors by graph name: {@code past} as inputs, {@code present} as pinned outputs. Do not change. */
    public record Bindings(Map<String, OnnxTensor> past, Map<String, OnnxTensor> present) {}

    /** Reserves {@code layout.totalBytes()}; pages become resident as they are used. @throws OutOfMemoryError */
    HostKvCache(OrtEnvironment environment, KvCacheLayout layout) {
        this.environment = environment;
        this.layout = layout;
        this.type = layout.elementBytes() == 2 ? OnnxJavaType.FLOAT16 : OnnxJavaType.FLOAT;
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

    public KvCacheLayout layout() {
        return layout;
    }

    /** All slots' keys (block 2 × layer) or values (2 × layer + 1), shape (slots, kvHeads, positions, headDim). */
    public ByteBuffer block(int block) {
        return blocks[block].view(0, layout.blockBytes());
    }

    /** Tensors over slots {@code firstSlot} to {@code firstSlot + rows - 1}, shape (rows, kvHeads, positions, headDim). */
    public Bindings bind(int firstSlot, int rows) throws OrtException {
        Stretch stretch = new Stretch(firstSlot, rows);
        @Nullable Bindings known = bindings.get(stretch);
        if (known == null) {
            known = create(stretch);
            bindings.put(stretch, known);
        }
        return known;
    }

    /** Copies positions 0 to {@code length - 1} of every head and layer. */
    public void copySlot(int from, int to, int length) {
        long bytes = (long) length * layout.positionBytes();
        for (NativeMemory block : blocks) {
            for (int head = 0; head < layout.kvHeads(); head++) {
                block.copy(layout.headOffset(from, head), layout.headOffset(to, head), bytes);
            }
        }
    }

    /** Fills the memory; tests poison it to show that nothing beyond a row's length is read. */
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
        for (Bindings binding : bindings.values()) {
            binding.past().values().forEach(OnnxTensor::close);
        }
        bindings.clear();
        for (@Nullable NativeMemory block : blocks) {
            if (block != null) {
                block.close();
            }
        }
    }

    private Bindings create(Stretch stretch) throws OrtException {
        Map<String, OnnxTensor> past = new LinkedHashMap<>();
        Map<String, OnnxTensor> present = new LinkedHashMap<>();
        for (int layer = 0; layer < layout.layers(); layer++) {
            for (int part = 0; part < 2; part++) {
                String name = layer + (part == 0 ? ".key" : ".value");
                OnnxTensor tensor = OnnxTensor.createTensor(
                        environment,
                        blocks[2 * layer + part].view(
                                stretch.firstSlot() * layout.slotBytes(), stretch.rows() * layout.slotBytes()),
                        layout.shape(stretch.rows()),
                        type);
                past.put("past_key_values." + name, tensor);
                present.put("present." + name, tensor);
            }
        }
        return new Bindings(past, present);
    }
}
