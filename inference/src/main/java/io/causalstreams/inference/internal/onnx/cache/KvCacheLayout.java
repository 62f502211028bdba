package io.causalstreams.inference.internal.onnx.cache;

/**
 * Sizes and offsets of the KV cache.
 *
 * <p>Each layer has one block for keys and one for values, shape {@code [slots, kvHeads, positions, headDim]}, row-major:
 * a slot is one stretch of memory, and so is the first {@code length} positions of one head of a slot.
 *
 * @param positions tokens a slot can hold
 * @param elementBytes 4 for float32, 2 for float16, 1 for int8
 */
public record KvCacheLayout(int layers, int slots, int kvHeads, int positions, int headDim, int elementBytes) {

    /** Bytes of one position of one head. */
    public int positionBytes() {
        return headDim * elementBytes;
    }

    /** Bytes from one head of a slot to the next. */
    long headBytes() {
        return (long) positions * positionBytes();
    }

    /** Bytes of one slot in one block. */
    long slotBytes() {
        return kvHeads * headBytes();
    }

    /** Bytes of one block: the keys, or the values, of one layer. */
    public long blockBytes() {
        return slots * slotBytes();
    }

    /** Bytes of the whole cache. */
    public long totalBytes() {
        return 2L * layers * blockBytes();
    }

    /** Bytes that stay resident in the host's memory once every slot has been used; long requests have more while they run. */
    public long keptBytes() {
        int kept = Math.min(positions, HostKvCache.KEPT_POSITIONS);
        return new KvCacheLayout(layers, slots, kvHeads, kept, headDim, elementBytes).totalBytes();
    }

    /** Byte offset of a head of a slot in its block. */
    public long headOffset(int slot, int head) {
        return slot * slotBytes() + head * headBytes();
    }

    /** Shape of a block's stretch of {@code rows} slots, as the graph wants it. */
    public long[] shape(int rows) {
        return new long[] {rows, kvHeads, positions, headDim};
    }

    /** For messages: {@code 32 slots x 2048 tokens x 46080 bytes}. */
    public String describe() {
        return slots + " slots x " + positions + " tokens x " + (2L * layers * kvHeads * positionBytes()) + " bytes";
    }
}
