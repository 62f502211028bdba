package io.causalstreams.export.internal.checkpoint;

import java.util.Arrays;
import java.util.Optional;

/**
 * How numbers are stored: {@link #blockElements} consecutive numbers of a row share {@link #blockBytes} bytes.
 *
 * <p>Codes and layouts are ggml's ({@code ggml.h}, {@code ggml-common.h}).
 */
public enum GgmlType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    BF16(30, 1, 2);

    private final int code;
    private final int blockElements;
    private final int blockBytes;

    GgmlType(int code, int blockElements, int blockBytes) {
        this.code = code;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
    }

    /** The type with ggml's numeric code, or empty if it is not one that can be read. */
    static Optional<GgmlType> ofCode(int code) {
        return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
    }

    /** Numbers in one block; rows are whole blocks. */
    public int blockElements() {
        return blockElements;
    }

    /** Bytes of one block. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Decodes whole blocks of this type. */
    public BlockDequantizer dequantizer() {
        return switch (this) {
            case F32 -> PlainFloats::float32;
            case F16 -> PlainFloats::float16;
            case BF16 -> PlainFloats::bfloat16;
        };
    }
}
