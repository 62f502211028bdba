package io.causalstreams.export.internal.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The elements of a constant tensor, row-major, in pieces that are computed when they are written.
 *
 * @param type of an element
 * @param size number of elements
 * @param pieceSize elements of every piece but the last, which has the rest
 * @param writer appends a piece's elements to a buffer
 */
public record TensorData(ElementType type, long size, int pieceSize, PieceWriter writer) {
    /** Elements of a piece of what is in memory already. */
    private static final int ARRAY_PIECE = 1 << 17;

    /** Appends {@code count} elements from {@code first} on, little-endian. Threading: several threads at once. */
    @FunctionalInterface
    public interface PieceWriter {
        void write(long first, int count, ByteBuffer target);
    }

    /** {@code elements} is given away, not copied. */
    public static TensorData floats(float... elements) {
        return new TensorData(
                ElementType.FLOAT,
                elements.length,
                ARRAY_PIECE,
                (first, count, target) -> putFloats(target, elements, (int) first, count));
    }

    /** Signed bytes; {@code elements} is given away, not copied. */
    public static TensorData int8(byte... elements) {
        return bytes(ElementType.INT8, elements);
    }

    /** Unsigned bytes; {@code elements} is given away, not copied. */
    public static TensorData uint8(byte... elements) {
        return bytes(ElementType.UINT8, elements);
    }

    static TensorData int64(long... elements) {
        return new TensorData(ElementType.INT64, elements.length, ARRAY_PIECE, (first, count, target) -> {
            for (int i = 0; i < count; i++) {
                target.putLong(elements[(int) first + i]);
            }
        });
    }

    /** Appends floats. */
    public static void putFloats(ByteBuffer target, float[] elements, int first, int count) {
        target.asFloatBuffer().put(elements, first, count);
        target.position(target.position() + count * Float.BYTES);
    }

    /** Appends floats as IEEE half precision, rounded to nearest even. */
    public static void putHalves(ByteBuffer target, float[] elements, int first, int count) {
        short[] halves = new short[count];
        for (int i = 0; i < count; i++) {
            halves[i] = HalfPrecision.fromFloat(elements[first + i]);
        }
        target.asShortBuffer().put(halves);
        target.position(target.position() + count * Short.BYTES);
    }

    /**
     * The same elements, of fp32, in another floating-point type: rounded to nearest even, and what is too large for it to its
     * largest number, so that a product with zero stays zero.
     */
    public TensorData in(ElementType other) {
        if (other == type) {
            return this;
        }
        if (type != ElementType.FLOAT || !(other == ElementType.FLOAT16 || other == ElementType.BFLOAT16)) {
            throw new IllegalArgumentException(type + " cannot become " + other);
        }
        return new TensorData(other, size, pieceSize, (first, count, target) -> {
            ByteBuffer floats =
                    ByteBuffer.allocate(Math.multiplyExact(count, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
            writer.write(first, count, floats);
            floats.flip();
            for (int i = 0; i < count; i++) {
                float element = floats.getFloat();
                target.putShort(
                        other == ElementType.FLOAT16
                                ? HalfPrecision.nearestNumber(element)
                                : BrainPrecision.fromFloat(element));
            }
        });
    }

    private static TensorData bytes(ElementType type, byte[] elements) {
        return new TensorData(
                type, elements.length, ARRAY_PIECE, (first, count, target) -> target.put(elements, (int) first, count));
    }

    int pieces() {
        return Math.toIntExact((size + pieceSize - 1) / pieceSize);
    }

    /** Most bytes of one piece. */
    int pieceBytes() {
        return Math.multiplyExact((int) Math.min(size, pieceSize), type.bytes());
    }

    /** Appends one piece. */
    void write(int piece, ByteBuffer target) {
        long first = (long) piece * pieceSize;
        writer.write(first, (int) Math.min(pieceSize, size - first), target);
    }

    /** All elements in one array; for small tensors. */
    byte[] toBytes() {
        ByteBuffer buffer =
                ByteBuffer.allocate(Math.toIntExact(size * type.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        for (int piece = 0; piece < pieces(); piece++) {
            write(piece, buffer);
        }
        return buffer.array();
    }
}
