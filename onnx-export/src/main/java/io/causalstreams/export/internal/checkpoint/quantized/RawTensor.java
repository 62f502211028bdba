package io.causalstreams.export.internal.checkpoint.quantized;

import io.causalstreams.export.internal.checkpoint.ByteSource;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * One tensor of a safetensors file, of whatever type.
 *
 * @param name the name in the file
 * @param type as the header has it, such as {@code I32} or {@code F8_E4M3}
 * @param shape dimensions, outermost first
 * @param source the file
 * @param offset first byte, from the start of the file
 * @param bytes checked against shape and type when the header was read
 */
public record RawTensor(String name, String type, List<Long> shape, ByteSource source, long offset, long bytes) {

    /** The largest array most JVMs allocate. */
    private static final long MAX_ARRAY = Integer.MAX_VALUE - 8L;

    public RawTensor {
        shape = List.copyOf(shape);
    }

    /** Part {@code index} along the outermost dimension. */
    RawTensor slice(int index) {
        long part = bytes / size(0);
        return new RawTensor(
                name + "." + index, type, shape.subList(1, shape.size()), source, offset + index * part, part);
    }

    /** The bytes as they are stored, position 0, little-endian. */
    ByteBuffer read() {
        if (bytes > MAX_ARRAY) {
            throw refused("has " + bytes + " bytes, more than one array holds; such a model cannot be exported");
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        source.read(offset, buffer);
        return buffer.flip();
    }

    /** The numbers as fp32, which holds every type that is read here exactly. */
    float[] floats() {
        require("F32", "F16", "BF16", "F8_E4M3", "F8_E5M2", "F8_E8M0");
        return SmallFloats.decode(type, read());
    }

    /** The 32-bit integers. */
    int[] ints() {
        require("I32");
        ByteBuffer buffer = read();
        int[] numbers = new int[buffer.remaining() / Integer.BYTES];
        buffer.asIntBuffer().get(numbers);
        return numbers;
    }

    /** The bytes of one-byte integers. */
    byte[] octets(String... types) {
        require(types);
        return read().array();
    }

    /** A dimension, which is at least 1 and fits an array. */
    int size(int dimension) {
        long size = shape.get(dimension);
        if (size < 1 || size > MAX_ARRAY) {
            throw refused("has the shape " + shape + ", which no weight has; download the checkpoint again");
        }
        return (int) size;
    }

    /** @throws CheckpointException unless the type is one of {@code types} */
    RawTensor require(String... types) {
        if (!List.of(types).contains(type)) {
            throw refused("has type " + type + ", not " + String.join(" or ", types)
                    + " as its quantization_config asks for; they do not belong together");
        }
        return this;
    }

    /** @throws CheckpointException unless the shape is this */
    RawTensor requireShape(long... expected) {
        if (!shape.equals(Arrays.stream(expected).boxed().toList())) {
            throw refused("has shape " + shape + ", not " + Arrays.toString(expected)
                    + " as the parts beside it ask for; the checkpoint is damaged, download it again");
        }
        return this;
    }

    /** @throws CheckpointException unless there are {@code rank} dimensions */
    RawTensor requireRank(int rank) {
        if (shape.size() != rank) {
            throw refused("has shape " + shape + ", where " + rank
                    + " dimensions are needed; the checkpoint is damaged, download it again");
        }
        return this;
    }

    long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    CheckpointException refused(String why) {
        return new CheckpointException(source.name() + ": tensor " + name + " " + why);
    }
}
