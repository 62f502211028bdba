package io.causalstreams.inference.internal.onnx.contract;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Set;

/**
 * The direct buffers a step's small inputs and its logits live in, used again in every step.
 *
 * <p>Bytes: 16 per context token, 4 × vocabulary for each slot and for each row of the largest chunk that wanted all its
 * logits. Threading: engine thread only.
 */
final class StepBuffers {
    /** The inputs of the graph that are not the cache. */
    static final Set<String> NAMES =
            Set.of("input_ids", "seqlens_k", "total_sequence_length", "logits_positions", "long_context");

    /** {@code input_ids}: of a decode step's rows, or of a chunk's positions. */
    final LongBuffer tokenIds;
    /** {@code seqlens_k}: per row the position of its last token. */
    final IntBuffer lastPositions;
    /** {@code total_sequence_length}. */
    final IntBuffer totalLength;
    /** {@code long_context}: 1 for slots of long sequences, else 0. */
    final LongBuffer longContext;
    /** {@code logits_positions}: 0, 1, 2, … */
    final LongBuffer rowNumbers;

    private final int vocabulary;
    private final FloatBuffer decodeLogits;
    private FloatBuffer chunkLogits;

    StepBuffers(int slots, int positions, int vocabulary) {
        int longest = Math.max(slots, positions);
        this.vocabulary = vocabulary;
        this.decodeLogits = floats(slots);
        this.chunkLogits = floats(1);
        this.tokenIds = bytes(longest, Long.BYTES).asLongBuffer();
        this.lastPositions = bytes(slots, Integer.BYTES).asIntBuffer();
        this.totalLength = bytes(1, Integer.BYTES).asIntBuffer();
        this.longContext = bytes(slots, Long.BYTES).asLongBuffer();
        this.rowNumbers = bytes(longest, Long.BYTES).asLongBuffer();
        for (int row = 0; row < longest; row++) {
            rowNumbers.put(row, row);
        }
    }

    /** Bytes of direct memory, at most: when a chunk of {@code chunk} tokens has wanted all its logits. */
    static long mostBytes(int slots, int positions, int vocabulary, int chunk) {
        long perPosition = 2L * Long.BYTES * Math.max(slots, positions);
        long perSlot = (long) slots * (Integer.BYTES + Long.BYTES);
        return perPosition + perSlot + (long) (slots + chunk) * vocabulary * Float.BYTES;
    }

    /** Shape (slots, vocabulary). */
    FloatBuffer decodeLogits() {
        return decodeLogits;
    }

    /** Room for at least {@code rows} rows of a chunk. */
    FloatBuffer chunkLogits(int rows) {
        if (chunkLogits.capacity() < Math.multiplyExact(rows, vocabulary)) {
            chunkLogits = floats(rows);
        }
        return chunkLogits;
    }

    private FloatBuffer floats(int rows) {
        return bytes(Math.multiplyExact(rows, vocabulary), Float.BYTES).asFloatBuffer();
    }

    private static ByteBuffer bytes(int elements, int size) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(elements, size)).order(ByteOrder.nativeOrder());
    }
}
