package io.causalstreams.export.internal.checkpoint.ggml;

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
    BF16(30, 1, 2),
    Q4_0(2, 32, 2 + 16),
    Q4_1(3, 32, 2 + 2 + 16),
    Q5_0(6, 32, 2 + 4 + 16),
    Q5_1(7, 32, 2 + 2 + 4 + 16),
    Q8_0(8, 32, 2 + 32),
    IQ4_NL(20, 32, 2 + 16),
    Q2_K(10, 256, 16 + 64 + 2 + 2),
    Q3_K(11, 256, 32 + 64 + 12 + 2),
    Q4_K(12, 256, 2 + 2 + 12 + 128),
    Q5_K(13, 256, 2 + 2 + 12 + 32 + 128),
    Q6_K(14, 256, 128 + 64 + 16 + 2),
    IQ1_S(19, 256, 2 + 32 + 16),
    IQ1_M(29, 256, 32 + 16 + 8),
    IQ2_XXS(16, 256, 2 + 64),
    IQ2_XS(17, 256, 2 + 64 + 8),
    IQ2_S(22, 256, 2 + 32 + 32 + 8 + 8),
    IQ3_XXS(18, 256, 2 + 64 + 32),
    IQ3_S(21, 256, 2 + 64 + 8 + 32 + 4),
    IQ4_XS(23, 256, 2 + 2 + 4 + 128),
    TQ1_0(34, 256, 48 + 4 + 2),
    TQ2_0(35, 256, 64 + 2),
    MXFP4(39, 32, 1 + 16),
    NVFP4(40, 64, 4 + 32);

    private final int code;
    private final int blockElements;
    private final int blockBytes;

    GgmlType(int code, int blockElements, int blockBytes) {
        this.code = code;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
    }

    /** The type with ggml's numeric code, or empty if it is not one that can be read. */
    public static Optional<GgmlType> ofCode(int code) {
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
            case Q4_0 -> SmallBlocks::q4Symmetric;
            case Q4_1 -> SmallBlocks::q4WithMinimum;
            case Q5_0 -> SmallBlocks::q5Symmetric;
            case Q5_1 -> SmallBlocks::q5WithMinimum;
            case Q8_0 -> SmallBlocks::q8Symmetric;
            case IQ4_NL -> SmallBlocks::q4Nonlinear;
            case Q2_K -> SuperBlocks::q2;
            case Q3_K -> SuperBlocks::q3;
            case Q4_K -> SuperBlocks::q4;
            case Q5_K -> SuperBlocks::q5;
            case Q6_K -> SuperBlocks::q6;
            case IQ1_S -> CodebookBlocks::iq1s;
            case IQ1_M -> CodebookBlocks::iq1m;
            case IQ2_XXS -> CodebookBlocks::iq2xxs;
            case IQ2_XS -> CodebookBlocks::iq2xs;
            case IQ2_S -> CodebookBlocks::iq2s;
            case IQ3_XXS -> CodebookBlocks::iq3xxs;
            case IQ3_S -> CodebookBlocks::iq3s;
            case IQ4_XS -> SuperBlocks::iq4xs;
            case TQ1_0 -> TernaryBlocks::tq1;
            case TQ2_0 -> TernaryBlocks::tq2;
            case MXFP4 -> FloatBlocks::mxfp4;
            case NVFP4 -> FloatBlocks::nvfp4;
        };
    }
}
