package io.causalstreams.export.internal.checkpoint.ggml;

import static io.causalstreams.export.internal.checkpoint.ggml.PlainFloats.halfToFloat;

import java.nio.ByteBuffer;

/**
 * Super-blocks of 256 numbers whose magnitudes are looked up, eight or four at once, in a {@link Codebook}.
 *
 * <pre>
 *  IQ2_XXS  d | 8 × (4 indices | u32: 4 × 7 bits of signs, 4 bits of scale s)              x = ± d * (0.5 + s) / 4 * book
 *  IQ2_XS   d | 32 × u16: 9 bits of index, 7 of signs | 16 scales of 4 bits                x = ± d * (0.5 + s) / 4 * book
 *  IQ2_S    d | 32 indices | 32 signs | 8 bytes of high bits | 16 scales of 4 bits         x = ± d * (0.5 + s) / 4 * book
 *  IQ3_XXS  d | 64 indices | 8 × u32 as in IQ2_XXS                                         x = ± d * (0.5 + s) / 2 * book
 *  IQ3_S    d | 64 indices | 8 bytes of high bits | 32 signs | 8 scales of 4 bits          x = ± d * (1 + 2 s) * book
 *  IQ1_S    d | 32 indices | 8 × u16: 4 × 3 high bits, 3 bits of scale, 1 of shift         x = d * (2 s + 1) * (book ± 1/8)
 *  IQ1_M    32 indices | 32 × (3 high bits, 1 of shift) | 16 scales of 3 bits, and d between   as IQ1_S
 * </pre>
 *
 * d is fp16. Seven bits of signs stand for eight: the eighth makes their number even.
 */
final class CodebookBlocks {
    private static final int SIZE = 256;
    private static final int EIGHTS = SIZE / 8;
    private static final float SHIFT = 0.125f;

    private CodebookBlocks() {}

    static void iq2xxs(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int out = offset; out < offset + blocks * SIZE; out += SIZE) {
            int start = source.position();
            float d = halfToFloat(source.getShort(start));
            for (int group = 0; group < EIGHTS; group++) {
                int at = start + 2 + group / 4 * 8;
                int signsAndScale = source.getInt(at + 4);
                float scale = d * (0.5f + (signsAndScale >>> 28)) * 0.25f;
                int index = source.get(at + group % 4) & 0xff;
                int signs = evenSigns(signsAndScale >>> (7 * (group % 4)));
                put(target, out + group * 8, Codebook.IQ2_XXS, index, signs, scale);
            }
            source.position(start + 66);
        }
    }

    static void iq2xs(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int out = offset; out < offset + blocks * SIZE; out += SIZE) {
            int start = source.position();
            float d = halfToFloat(source.getShort(start));
            for (int group = 0; group < EIGHTS; group++) {
                int code = source.getShort(start + 2 + group * 2) & 0xffff;
                float scale = d * (0.5f + nibble(source, start + 66, group / 2)) * 0.25f;
                put(target, out + group * 8, Codebook.IQ2_XS, code & 511, evenSigns(code >>> 9), scale);
            }
            source.position(start + 74);
        }
    }

    static void iq2s(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int out = offset; out < offset + blocks * SIZE; out += SIZE) {
            int start = source.position();
            float d = halfToFloat(source.getShort(start));
            for (int group = 0; group < EIGHTS; group++) {
                int high = (source.get(start + 66 + group / 4) >> (2 * (group % 4))) & 3;
                int index = (source.get(start + 2 + group) & 0xff) | (high << 8);
                int signs = source.get(start + 34 + group);
                float scale = d * (0.5f + nibble(source, start + 74, group / 2)) * 0.25f;
                put(target, out + group * 8, Codebook.IQ2_S, index, signs, scale);
            }
            source.position(start + 82);
        }
    }

    static void iq3xxs(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int out = offset; out < offset + blocks * SIZE; out += SIZE) {
            int start = source.position();
            float d = halfToFloat(source.getShort(start));
            for (int group = 0; group < EIGHTS; group++) {
                int signsAndScale = source.getInt(start + 66 + group / 4 * 4);
                float scale = d * (0.5f + (signsAndScale >>> 28)) * 0.5f;
                int signs = evenSigns(signsAndScale >>> (7 * (group % 4)));
                int at = start + 2 + group * 2;
                put(target, out + group * 8, Codebook.IQ3_XXS, source.get(at) & 0xff, signs, scale);
                put(target, out + group * 8 + 4, Codebook.IQ3_XXS, source.get(at + 1) & 0xff, signs >> 4, scale);
            }
            source.position(start + 98);
        }
    }

    static void iq3s(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int out = offset; out < offset + blocks * SIZE; out += SIZE) {
            int start = source.position();
            float d = halfToFloat(source.getShort(start));
            for (int group = 0; group < EIGHTS; group++) {
                float scale = d * (1 + 2 * nibble(source, start + 106, group / 4));
                int signs = source.get(start + 74 + group);
                for (int half = 0; half < 2; half++) {
                    int i = group * 2 + half;
                    int high = (source.get(start + 66 + i / 8) >> (i % 8)) & 1;
                    int index = (source.get(start + 2 + i) & 0xff) | (high << 8);
                    put(target, out + i * 4, Codebook.IQ3_S, index, signs >> (4 * half), scale);
                }
            }
            source.position(start + 110);
        }
    }

    static void iq1s(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int out = offset; out < offset + blocks * SIZE; out += SIZE) {
            int start = source.position();
            float d = halfToFloat(source.getShort(start));
            for (int group = 0; group < EIGHTS; group++) {
                int bits = source.getShort(start + 34 + group / 4 * 2);
                float scale = d * (2 * ((bits >> 12) & 7) + 1);
                int index = (source.get(start + 2 + group) & 0xff) | (((bits >> (3 * (group % 4))) & 7) << 8);
                putShifted(target, out + group * 8, index, (bits & 0x8000) != 0, scale);
            }
            source.position(start + 50);
        }
    }

    static void iq1m(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int out = offset; out < offset + blocks * SIZE; out += SIZE) {
            int start = source.position();
            int scales = start + 48;
            int bits = 0;
            for (int part = 0; part < 4; part++) {
                bits |= (source.getShort(scales + 2 * part) & 0xf000) >> (12 - 4 * part);
            }
            float d = halfToFloat((short) bits);
            for (int group = 0; group < EIGHTS; group++) {
                int high = nibble(source, start + 32, group);
                int index = (source.get(start + group) & 0xff) | ((high & 7) << 8);
                int scale = (source.getShort(scales + group / 8 * 2) >> (3 * (group / 2 % 4))) & 7;
                putShifted(target, out + group * 8, index, (high & 8) != 0, d * (2 * scale + 1));
            }
            source.position(start + 56);
        }
    }

    /** Four bits of a row of nibbles, the earlier in the lower half of a byte. */
    private static int nibble(ByteBuffer source, int start, int i) {
        return (source.get(start + i / 2) >> (4 * (i % 2))) & 0xf;
    }

    private static int evenSigns(int bits) {
        int seven = bits & 0x7f;
        return seven | ((Integer.bitCount(seven) & 1) << 7);
    }

    private static void put(float[] target, int at, Codebook book, int index, int signs, float scale) {
        for (int i = 0; i < book.length(); i++) {
            float magnitude = scale * book.get(index, i);
            target[at + i] = ((signs >> i) & 1) == 0 ? magnitude : -magnitude;
        }
    }

    private static void putShifted(float[] target, int at, int index, boolean down, float scale) {
        float shift = down ? -SHIFT : SHIFT;
        for (int i = 0; i < Codebook.IQ1.length(); i++) {
            target[at + i] = scale * (Codebook.IQ1.get(index, i) + shift);
        }
    }
}
