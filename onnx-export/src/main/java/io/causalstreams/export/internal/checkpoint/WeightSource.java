package io.causalstreams.export.internal.checkpoint;

import java.util.Optional;
import java.util.Set;

/** The weights of one checkpoint, read one tensor at a time so that memory stays near one tensor. */
public interface WeightSource {

    /** Names of all tensors, as Hugging Face's model classes call them ({@code model.layers.0.self_attn.q_proj.weight}). */
    Set<String> names();

    default boolean has(String name) {
        return names().contains(name);
    }

    /**
     * The tensor's dimensions, outermost first.
     *
     * @throws CheckpointException if there is no such tensor
     */
    long[] shape(String name);

    /**
     * The whole tensor as fp32, row-major, in Hugging Face's layout; a new array of product({@link #shape}) elements.
     *
     * @throws CheckpointException if there is no such tensor, its type cannot be read, it holds more than 2<sup>31</sup>
     *     - 9 elements, or it holds NaN or infinite weights
     */
    float[] read(String name);

    /**
     * The tensor's stored blocks, for exports that keep the checkpoint's own quantization; empty where the format has
     * none, or where the tensor's rows are not stored whole.
     */
    default Optional<QuantizedTensor> quantized(String name) {
        return Optional.empty();
    }
}
