package io.causalstreams.export.internal.checkpoint.ggml;

import java.nio.ByteBuffer;

/**
 * Floating-point numbers of four bits (s ee m: 0 0.5 1 1.5 2 3 4 6) in blocks with floating-point scales.
 *
 * <pre>
 *  MXFP4  e | 16 bytes             32 numbers   x = 2^(e-127) * q
 *  NVFP4  4 scales | 32 bytes      64 numbers   x = scale of its 16 numbers (eeee mmm, bias 7) * q
 * </pre>
 *
 * Byte i of a group of n bytes holds number i in its low four bits and number i + n in its high four.
 */
final class FloatBlocks {
    /** Twice the numbers, which are whole then; scales are halved instead. */
    private static final byte[] DOUBLED = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    private FloatBlocks() {}

    static void mxfp4(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int out = offset; out < offset + blocks * 32; out += 32) {
            pairs(source, 16, halfPower(source.get() & 0xff), target, out);
        }
    }

    static void nvfp4(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int out = offset; out < offset + blocks * 64; out += 64) {
            int scales = source.position();
            source.position(scales + 4);
            for (int group = 0; group < 4; group++) {
                pairs(source, 8, halfScale(source.get(scales + group) & 0xff), target, out + group * 16);
            }
        }
    }

    private static void pairs(ByteBuffer source, int bytes, float halfScale, float[] target, int out) {
        for (int i = 0; i < bytes; i++) {
            int pair = source.get();
            target[out + i] = halfScale * DOUBLED[pair & 0xf];
            target[out + i + bytes] = halfScale * DOUBLED[(pair >> 4) & 0xf];
        }
    }

    /** 2^(e-128); the two smallest are subnormal. */
    private static float halfPower(int e) {
        return Float.intBitsToFloat(e < 2 ? 0x00200000 << e : (e - 1) << 23);
    }

    /** Half of an unsigned eeee mmm; 0x7f is no number and taken for zero, as ggml does. */
    private static float halfScale(int bits) {
        if (bits == 0x7f) {
            return 0;
        }
        int exponent = (bits >> 3) & 0xf;
        int fraction = bits & 7;
        return exponent == 0 ? Math.scalb((float) fraction, -10) : Math.scalb(8f + fraction, exponent - 11);
    }
}
