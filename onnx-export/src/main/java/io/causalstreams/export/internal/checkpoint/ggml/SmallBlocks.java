package io.causalstreams.export.internal.checkpoint.ggml;

import static io.causalstreams.export.internal.checkpoint.ggml.PlainFloats.halfToFloat;

import java.nio.ByteBuffer;

/**
 * Blocks of 32 numbers that share one scale {@code d} (fp16) and, in some types, one minimum {@code m} (fp16).
 *
 * <pre>
 *  Q4_0    d | 16 bytes                  x = d * (q - 8)
 *  Q4_1    d | m | 16 bytes              x = d * q + m
 *  Q5_0    d | 32 high bits | 16 bytes   x = d * (q - 16)
 *  Q5_1    d | m | 32 high bits | 16 b.  x = d * q + m
 *  Q8_0    d | 32 signed bytes           x = d * q
 *  IQ4_NL  d | 16 bytes                  x = d * TABLE[q]
 * </pre>
 *
 * Byte i holds number i in its low four bits and number i + 16 in its high four.
 */
final class SmallBlocks {

    private static final int SIZE = 32;
    private static final int HALF = SIZE / 2;

    /** {@code kvalues_iq4nl} of {@code ggml-common.h}. */
    static final byte[] NONLINEAR = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    private SmallBlocks() {}

    static void q4Symmetric(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int out = offset; out < offset + blocks * SIZE; out += SIZE) {
            float d = halfToFloat(source.getShort());
            for (int i = 0; i < HALF; i++) {
                int pair = source.get();
                target[out + i] = d * ((pair & 0xf) - 8);
                target[out + i + HALF] = d * (((pair >> 4) & 0xf) - 8);
            }
        }
    }

    static void q4WithMinimum(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int out = offset; out < offset + blocks * SIZE; out += SIZE) {
            float d = halfToFloat(source.getShort());
            float m = halfToFloat(source.getShort());
            for (int i = 0; i < HALF; i++) {
                int pair = source.get();
                target[out + i] = d * (pair & 0xf) + m;
                target[out + i + HALF] = d * ((pair >> 4) & 0xf) + m;
            }
        }
    }

    static void q5Symmetric(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int out = offset; out < offset + blocks * SIZE; out += SIZE) {
            float d = halfToFloat(source.getShort());
            int high = source.getInt();
            for (int i = 0; i < HALF; i++) {
                int pair = source.get();
                target[out + i] = d * (low5(pair, high, i) - 16);
                target[out + i + HALF] = d * (high5(pair, high, i) - 16);
            }
        }
    }

    static void q5WithMinimum(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int out = offset; out < offset + blocks * SIZE; out += SIZE) {
            float d = halfToFloat(source.getShort());
            float m = halfToFloat(source.getShort());
            int high = source.getInt();
            for (int i = 0; i < HALF; i++) {
                int pair = source.get();
                target[out + i] = d * low5(pair, high, i) + m;
                target[out + i + HALF] = d * high5(pair, high, i) + m;
            }
        }
    }

    private static int low5(int pair, int high, int i) {
        return (pair & 0xf) | (((high >>> i) & 1) << 4);
    }

    private static int high5(int pair, int high, int i) {
        return ((pair >> 4) & 0xf) | (((high >>> (i + HALF)) & 1) << 4);
    }

    static void q8Symmetric(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int out = offset; out < offset + blocks * SIZE; out += SIZE) {
            float d = halfToFloat(source.getShort());
            for (int i = 0; i < SIZE; i++) {
                target[out + i] = d * source.get();
            }
        }
    }

    static void q4Nonlinear(ByteBuffer source, int blocks, float[] target, int offset) {
        for (int out = offset; out < offset + blocks * SIZE; out += SIZE) {
            float d = halfToFloat(source.getShort());
            for (int i = 0; i < HALF; i++) {
                int pair = source.get();
                target[out + i] = d * NONLINEAR[pair & 0xf];
                target[out + i + HALF] = d * NONLINEAR[(pair >> 4) & 0xf];
            }
        }
    }
}
