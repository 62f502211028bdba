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
    private static final int CHUNK_BYTES = 1 << 20;

    /** The largest array most JVMs allocate. */
    private static final long MAX_ARRAY = Integer.MAX_VALUE - 8L;

    public StoredTensor {
        shape = List.copyOf(shape);
    }

    /** Number of elements; the product was checked against overflow when the header was read. */
    long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** Number of stored bytes. */
    public long bytes() {
        return elements() / type.blockElements() * type.blockBytes();
    }

    public long[] dimensions() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    /** All elements as fp32 in stored order; NaN and infinities are refused. */
    public float[] read() {
        if (elements() > MAX_ARRAY) {
            throw new CheckpointException(source.name() + ": tensor " + name + " has " + elements()
                    + " elements, more than one array holds; such a model cannot be exported");
        }
        float[] result = new float[(int) elements()];
        int blocksPerChunk = CHUNK_BYTES / type.blockBytes();
        int blocks = result.length / type.blockElements();
        ByteBuffer chunk = ByteBuffer.allocate(Math.min(blocks, blocksPerChunk) * type.blockBytes())
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int first = 0; first < blocks; first += blocksPerChunk) {
            int count = Math.min(blocksPerChunk, blocks - first);
            chunk.clear().limit(count * type.blockBytes());
            source.read(offset + (long) first * type.blockBytes(), chunk);
            type.dequantizer().dequantize(chunk.flip(), count, result, first * type.blockElements());
        }
        requireFinite(result);
        return result;
    }

    private void requireFinite(float[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new CheckpointException(source.name() + ": tensor " + name + " holds " + values[i]
                        + " at element " + i + "; the checkpoint is damaged or diverged in training, get another copy");
            }
        }
    }
}
