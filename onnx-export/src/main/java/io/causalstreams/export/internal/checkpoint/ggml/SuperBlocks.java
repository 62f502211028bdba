package io.causalstreams.export.internal.checkpoint.ggml;

import static io.causalstreams.export.internal.checkpoint.ggml.PlainFloats.halfToFloat;

import java.nio.ByteBuffer;

/**
 * The K types: super-blocks of 256 numbers, cut into groups of 16 or 32 whose scales are themselves quantized.
 *
 * <pre>
 *  Q2_K  16 scales|mins (4+4 bits) | 64 bytes | d | dmin             x = d * s[g] * q - dmin * m[g]
 *  Q3_K  32 bytes of high bits | 64 bytes | 12 bytes of scales | d   x = d * (s[g] - 32) * (q - 4 + 4 * high)
 *  Q4_K  d | dmin | 12 bytes of scales, mins | 128 bytes             x = d * s[g] * q - dmin * m[g]
 *  Q5_K  d | dmin | 12 bytes | 32 bytes of high bits | 128 bytes     x = d * s[g] * q - dmin * m[g]
 *  Q6_K  128 bytes | 64 bytes of high bits | 16 signed scales | d    x = d * s[g] * (q - 32)
 *  IQ4_XS  d | 8 × 2 high bits of scales | 8 × 4 low | 128 bytes     x = d * (s[g] - 32) * TABLE[q], as IQ4_NL
 * </pre>
 *
 * d and dmin are fp16. Groups have 16 numbers in Q2_K, Q3_K and Q6_K, 32 in Q4_K, Q5_K and IQ4_XS.
 */
final class SuperBlocks {

    private static final int SIZE = 256;

    private SuperBlocks() {}

    static void q2(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int block = 0; block < blocks; block++) {
            int scales = source.position();
            int quants = scales + 16;
            float d = halfToFloat(source.getShort(quants + 64));
            float dmin = halfToFloat(source.getShort(quants + 66));
            for (int i = 0; i < SIZE; i++) {
                int scale = source.get(scales + i / 16);
                int q = twoBits(source, quants, i);
                target[offset + i] = d * (scale & 0xf) * q - dmin * ((scale >> 4) & 0xf);
            }
            source.position(quants + 68);
            offset += SIZE;
        }
    }

    static void q3(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int block = 0; block < blocks; block++) {
            int highBits = source.position();
            int quants = highBits + 32;
            int scales = quants + 64;
            float d = halfToFloat(source.getShort(scales + 12));
            for (int i = 0; i < SIZE; i++) {
                // A set bit means "no offset".
                int q = twoBits(source, quants, i) - 4 + 4 * oneBit(source, highBits, i);
                target[offset + i] = d * (sixBitScale(source, scales, i / 16) - 32) * q;
            }
            source.position(scales + 14);
            offset += SIZE;
        }
    }

    /** Scale g of 16: low four bits in bytes 0 to 7, high two bits in bytes 8 to 11. */
    private static int sixBitScale(ByteBuffer source, int scales, int g) {
        int low = (source.get(scales + g % 8) >> (g / 8 * 4)) & 0xf;
        int high = (source.get(scales + 8 + g % 4) >> (g / 4 * 2)) & 3;
        return low | (high << 4);
    }

    static void q4(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int block = 0; block < blocks; block++) {
            int start = source.position();
            int quants = start + 16;
            float d = halfToFloat(source.getShort(start));
            float dmin = halfToFloat(source.getShort(start + 2));
            for (int i = 0; i < SIZE; i++) {
                int g = i / 32;
                target[offset + i] = d * scale(source, start + 4, g) * fourBits(source, quants, i)
                        - dmin * minimum(source, start + 4, g);
            }
            source.position(quants + 128);
            offset += SIZE;
        }
    }

    static void q5(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int block = 0; block < blocks; block++) {
            int start = source.position();
            int highBits = start + 16;
            int quants = highBits + 32;
            float d = halfToFloat(source.getShort(start));
            float dmin = halfToFloat(source.getShort(start + 2));
            for (int i = 0; i < SIZE; i++) {
                int g = i / 32;
                int q = fourBits(source, quants, i) | (oneBit(source, highBits, i) << 4);
                target[offset + i] = d * scale(source, start + 4, g) * q - dmin * minimum(source, start + 4, g);
            }
            source.position(quants + 128);
            offset += SIZE;
        }
    }

    static void q6(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int block = 0; block < blocks; block++) {
            int lowBits = source.position();
            int highBits = lowBits + 128;
            int scales = highBits + 64;
            float d = halfToFloat(source.getShort(scales + 16));
            for (int i = 0; i < SIZE; i++) {
                // 64 bytes hold two runs of 64 numbers.
                int low = (source.get(lowBits + i / 128 * 64 + i % 64) >> (i % 128 / 64 * 4)) & 0xf;
                int q = low | (twoBits(source, highBits, i) << 4);
                target[offset + i] = d * source.get(scales + i / 16) * (q - 32);
            }
            source.position(scales + 18);
            offset += SIZE;
        }
    }

    static void iq4xs(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int block = 0; block < blocks; block++) {
            int start = source.position();
            float d = halfToFloat(source.getShort(start));
            int high = source.getShort(start + 2);
            for (int g = 0; g < SIZE / 32; g++) {
                int low = (source.get(start + 4 + g / 2) >> (g % 2 * 4)) & 0xf;
                float scale = d * ((low | (((high >> (2 * g)) & 3) << 4)) - 32);
                for (int i = 0; i < 16; i++) {
                    int pair = source.get(start + 8 + g * 16 + i);
                    target[offset + g * 32 + i] = scale * SmallBlocks.NONLINEAR[pair & 0xf];
                    target[offset + g * 32 + 16 + i] = scale * SmallBlocks.NONLINEAR[(pair >> 4) & 0xf];
                }
            }
            source.position(start + 136);
            offset += SIZE;
        }
    }

    /** 12 bytes hold eight 6-bit scales and eight 6-bit minimums; {@code get_scale_min_k4} of {@code ggml-quants.c}. */
    private static int scale(ByteBuffer source, int packed, int g) {
        return g < 4
                ? source.get(packed + g) & 0x3f
                : (source.get(packed + g + 4) & 0xf) | ((source.get(packed + g - 4) >> 2) & 0x30);
    }

    private static int minimum(ByteBuffer source, int packed, int g) {
        return g < 4
                ? source.get(packed + g + 4) & 0x3f
                : ((source.get(packed + g + 4) >> 4) & 0xf) | ((source.get(packed + g) >> 2) & 0x30);
    }

    /** Number i: 32 bytes hold four runs of 32 numbers, two bits each. */
    private static int twoBits(ByteBuffer source, int start, int i) {
        return (source.get(start + i / 128 * 32 + i % 32) >> (i % 128 / 32 * 2)) & 3;
    }

    /** Number i: 32 bytes hold two runs of 32 numbers, four bits each. */
    private static int fourBits(ByteBuffer source, int start, int i) {
        return (source.get(start + i / 64 * 32 + i % 32) >> (i % 64 / 32 * 4)) & 0xf;
    }

    /** Number i: 32 bytes hold eight runs of 32 numbers, one bit each. */
    private static int oneBit(ByteBuffer source, int start, int i) {
        return (source.get(start + i % 32) >> (i / 32)) & 1;
    }
}
