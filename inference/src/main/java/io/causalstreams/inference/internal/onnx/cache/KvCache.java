package io.causalstreams.inference.internal.onnx.cache;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.util.Map;

/**
 * The keys and values of all slots, wherever they lie, as tensors that a session appends to in place.
 *
 * <p>Threading: engine thread only.
 */
public interface KvCache extends AutoCloseable {

    /** The cache's tensors by graph name: {@code past} as inputs, {@code present} as pinned outputs. Do not change. */
    record Bindings(Map<String, OnnxTensor> past, Map<String, OnnxTensor> present) {}

    KvCacheLayout layout();

    /** Tensors over slots {@code firstSlot} to {@code firstSlot + rows - 1}, shape (rows, kvHeads, positions, headDim). */
    Bindings bind(int firstSlot, int rows) throws OrtException;

    /** A pass is going to write positions of {@code slot} up to, and without, {@code length}. */
    default void write(int slot, int length) {}

    /** Nobody reads {@code slot} from position {@code length} on any more: its memory may be given back until it is written. */
    default void forget(int slot, int length) {}

    /** Copies positions 0 to {@code length - 1} of every head and layer. */
    void copySlot(int from, int to, int length);

    /** Fills the memory; tests poison it to show that nothing beyond a row's length is read. */
    void fill(byte value);

    /** Gives tensors and memory back. Idempotent. */
    @Override
    void close();
}
