package io.causalstreams.export.internal.checkpoint.ggml;

import static io.causalstreams.export.internal.checkpoint.ggml.PlainFloats.halfToFloat;

import java.nio.ByteBuffer;

/**
 * Blocks of 256 numbers of -d, 0 or d (BitNet).
 *
 * <pre>
 *  TQ1_0  48 bytes of 5 digits to the base 3 | 4 bytes of 4 | d       x = d * (digit - 1)
 *  TQ2_0  64 bytes of 4 digits of 2 bits | d                          x = d * (digit - 1)
 * </pre>
 *
 * d is fp16. A byte b of TQ1_0 is a fraction b / 256 in base 3: its digit n is the whole part of 3 · (3ⁿ b mod 256) / 256.
 */
final class TernaryBlocks {
    private static final int SIZE = 256;
    private static final int[] POWERS = {1, 3, 9, 27, 81};

    private TernaryBlocks() {}

    static void tq1(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int out = offset; out < offset + blocks * SIZE; out += SIZE) {
            int start = source.position();
            float d = halfToFloat(source.getShort(start + 52));
            digits(source, start, 32, 5, d, target, out);
            digits(source, start + 32, 16, 5, d, target, out + 160);
            digits(source, start + 48, 4, 4, d, target, out + 240);
            source.position(start + 54);
        }
    }

    /** Digit n of byte i is number n · bytes + i. */
    private static void digits(ByteBuffer source, int start, int bytes, int digits, float d, float[] target, int out) {
        for (int n = 0; n < digits; n++) {
            for (int i = 0; i < bytes; i++) {
                int rest = (source.get(start + i) * POWERS[n]) & 0xff;
                target[out + n * bytes + i] = d * (((rest * 3) >> 8) - 1);
            }
        }
    }

    static void tq2(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int out = offset; out < offset + blocks * SIZE; out += SIZE) {
            int start = source.position();
            float d = halfToFloat(source.getShort(start + 64));
            for (int i = 0; i < SIZE; i++) {
                int digit = (source.get(start + i / 128 * 32 + i % 32) >> (i / 32 % 4 * 2)) & 3;
                target[out + i] = d * (digit - 1);
            }
            source.position(start + 66);
        }
    }
}
