package io.causalstreams.export.internal.checkpoint;

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
     * Reads parts of a tensor; formats that can only read the whole of it hold it as long as the reader.
     *
     * @throws CheckpointException as {@link #read}
     */
    default ElementReader open(String name) {
        float[] all = read(name);
        return (first, count, target, offset) -> System.arraycopy(all, (int) first, target, offset, count);
    }
}
