package io.causalstreams.export.internal.checkpoint;

import io.causalstreams.export.internal.checkpoint.ggml.GgmlType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Where one tensor lies in a file.
 *
 * @param name the name in the file
 * @param type how its numbers are stored
 * @param shape dimensions, outermost first
 * @param source the file
 * @param offset first byte, from the start of the file
 */
public record StoredTensor(String name, GgmlType type, List<Long> shape, ByteSource source, long offset) {

    /** Bytes held at once while a tensor is decoded; a multiple of no block size needs to divide it. */
    private static final int CHUNK_BYTES = 1 << 18;

    /** One of each thread's own, outside the heap, where a channel reads into it directly. */
    private static final ThreadLocal<ByteBuffer> CHUNK =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN));

    /** The largest array most JVMs allocate. */
    private static final long MAX_ARRAY = Integer.MAX_VALUE - 8L;

    public StoredTensor {
        shape = List.copyOf(shape);
    }

    /** Number of elements; the product was checked against overflow when the header was read. */
    public long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** Number of stored bytes. */
    public long bytes() {
        return elements() / type.blockElements() * type.blockBytes();
    }

    public long[] dimensions() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    /**
     * The number of elements, as an array's length.
     *
     * @throws CheckpointException if an array cannot hold them
     */
    public int requireArray() {
        if (elements() > MAX_ARRAY) {
            throw new CheckpointException(source.name() + ": tensor " + name + " has " + elements()
                    + " elements, more than one array holds; such a model cannot be exported");
        }
        return (int) elements();
    }

    /** All elements as fp32 in stored order; NaN and infinities are refused. */
    public float[] read() {
        float[] result = new float[requireArray()];
        read(0, result.length, result, 0);
        return result;
    }

    /** As {@link ElementReader#read}, in stored order; the range is whole blocks. */
    public void read(long first, int count, float[] target, int at) {
        if (first % type.blockElements() != 0 || count % type.blockElements() != 0) {
            throw new IllegalArgumentException(
                    "%s: elements %d to %d are not whole blocks of %s".formatted(name, first, first + count, type));
        }
        int blocksPerChunk = Math.max(1, CHUNK_BYTES / type.blockBytes());
        int blocks = count / type.blockElements();
        long begin = offset + first / type.blockElements() * type.blockBytes();
        ByteBuffer chunk = CHUNK.get();
        for (int block = 0; block < blocks; block += blocksPerChunk) {
            int part = Math.min(blocksPerChunk, blocks - block);
            chunk.clear().limit(part * type.blockBytes());
            source.read(begin + (long) block * type.blockBytes(), chunk);
            type.dequantizer().dequantize(chunk.flip(), part, target, at + block * type.blockElements());
        }
        requireFinite(target, at, count, first);
    }

    private void requireFinite(float[] values, int begin, int count, long first) {
        // The largest magnitude is NaN or infinite where an element is; the loop becomes vector instructions.
        float largest = 0;
        for (int i = begin; i < begin + count; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        if (Float.isFinite(largest)) {
            return;
        }
        int i = begin;
        while (Float.isFinite(values[i])) {
            i++;
        }
        throw new CheckpointException(source.name() + ": tensor " + name + " holds " + values[i] + " at element "
                + (first + i - begin) + "; the checkpoint is damaged or diverged in training, get another copy");
    }
}
