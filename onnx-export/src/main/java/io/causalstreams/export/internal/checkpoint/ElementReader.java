package io.causalstreams.export.internal.checkpoint;

/**
 * Reads ranges of one tensor's elements, so that no array holds the whole of a large one.
 *
 * <p>Threading: any number of threads at once.
 */
@FunctionalInterface
public interface ElementReader {

    /**
     * Fills {@code target[offset .. offset + count)} with the elements from {@code first} on, row-major in Hugging Face's
     * layout, as fp32. The range is whole rows of the tensor.
     *
     * @throws CheckpointException if the file cannot be read there, or the range holds NaN or infinite weights
     */
    void read(long first, int count, float[] target, int offset);
}
