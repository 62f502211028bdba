package io.causalstreams.export.internal.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The elements of a constant tensor, row-major.
 *
 * <p>Not copied: whoever makes one gives its array away.
 */
public sealed interface TensorData {

    ElementType type();

    /** Number of elements. */
    long size();

    /** Appends elements from {@code index} on to a little-endian buffer until it is full or there are no more; returns the next index. */
    long writeTo(ByteBuffer target, long index);

    static TensorData floats(float... elements) {
        return new Floats(elements);
    }

    /** Stores {@code elements} as IEEE half precision, rounded to nearest even. */
    static TensorData halfFloats(float... elements) {
        return new HalfFloats(elements);
    }

    static TensorData int8(byte... elements) {
        return new Bytes(ElementType.INT8, elements);
    }

    static TensorData uint8(byte... elements) {
        return new Bytes(ElementType.UINT8, elements);
    }

    static TensorData int64(long... elements) {
        return new Longs(ElementType.INT64, elements);
    }

    static TensorData int32(long... elements) {
        return new Longs(ElementType.INT32, elements);
    }

    /** All elements in one array; for small tensors. */
    default byte[] toBytes() {
        ByteBuffer buffer =
                ByteBuffer.allocate(Math.toIntExact(size() * type().bytes())).order(ByteOrder.LITTLE_ENDIAN);
        writeTo(buffer, 0);
        byte[] bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        return bytes;
    }

    /** Single precision. */
    final class Floats implements TensorData {
        private final float[] elements;

        private Floats(float[] elements) {
            this.elements = elements;
        }

        @Override
        public ElementType type() {
            return ElementType.FLOAT;
        }

        @Override
        public long size() {
            return elements.length;
        }

        @Override
        public long writeTo(ByteBuffer target, long index) {
            int i = (int) index;
            while (i < elements.length && target.remaining() >= Float.BYTES) {
                target.putFloat(elements[i++]);
            }
            return i;
        }
    }

    /** Half precision. */
    final class HalfFloats implements TensorData {
        private final float[] elements;

        private HalfFloats(float[] elements) {
            this.elements = elements;
        }

        @Override
        public ElementType type() {
            return ElementType.FLOAT16;
        }

        @Override
        public long size() {
            return elements.length;
        }

        @Override
        public long writeTo(ByteBuffer target, long index) {
            int i = (int) index;
            while (i < elements.length && target.remaining() >= Short.BYTES) {
                target.putShort(HalfPrecision.fromFloat(elements[i++]));
            }
            return i;
        }
    }

    /** Bytes, signed or not. */
    final class Bytes implements TensorData {
        private final ElementType type;
        private final byte[] elements;

        private Bytes(ElementType type, byte[] elements) {
            this.type = type;
            this.elements = elements;
        }

        @Override
        public ElementType type() {
            return type;
        }

        @Override
        public long size() {
            return elements.length;
        }

        @Override
        public long writeTo(ByteBuffer target, long index) {
            int count = (int) Math.min(target.remaining(), elements.length - index);
            target.put(elements, (int) index, count);
            return index + count;
        }
    }

    /** Whole numbers. */
    final class Longs implements TensorData {
        private final ElementType type;
        private final long[] elements;

        private Longs(ElementType type, long[] elements) {
            this.type = type;
            this.elements = elements;
        }

        @Override
        public ElementType type() {
            return type;
        }

        @Override
        public long size() {
            return elements.length;
        }

        @Override
        public long writeTo(ByteBuffer target, long index) {
            int i = (int) index;
            while (i < elements.length && target.remaining() >= type.bytes()) {
                if (type == ElementType.INT32) {
                    target.putInt(Math.toIntExact(elements[i++]));
                } else {
                    target.putLong(elements[i++]);
                }
            }
            return i;
        }
    }
}
