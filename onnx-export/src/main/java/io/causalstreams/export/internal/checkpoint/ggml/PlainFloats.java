package io.causalstreams.export.internal.checkpoint.ggml;

import java.nio.ByteBuffer;
import java.nio.ShortBuffer;

/** The types that are not quantized: one number is one block. */
public final class PlainFloats {

    private static final int RUN = 4096;

    private PlainFloats() {}

    public static void float32(ByteBuffer source, int count, float[] target, int offset) {
        source.asFloatBuffer().get(target, offset, count);
        source.position(source.position() + count * Float.BYTES);
    }

    public static void float16(ByteBuffer source, int count, float[] target, int offset) {
        eachRun(source, count, (shorts, first, run) -> {
            for (int i = 0; i < run; i++) {
                target[offset + first + i] = halfToFloat(shorts[i]);
            }
        });
    }

    public static void bfloat16(ByteBuffer source, int count, float[] target, int offset) {
        eachRun(source, count, (shorts, first, run) -> {
            for (int i = 0; i < run; i++) {
                target[offset + first + i] = Float.intBitsToFloat(shorts[i] << 16);
            }
        });
    }

    private interface Run {
        void take(short[] shorts, int first, int run);
    }

    /** Elements in an array, which is read faster than a buffer, a few at a time, which stay in the nearest cache. */
    private static void eachRun(ByteBuffer source, int count, Run taker) {
        short[] shorts = new short[Math.min(count, RUN)];
        ShortBuffer stored = source.asShortBuffer();
        for (int first = 0; first < count; first += RUN) {
            int run = Math.min(RUN, count - first);
            stored.get(shorts, 0, run);
            taker.take(shorts, first, run);
        }
        source.position(source.position() + count * Short.BYTES);
    }

    /** IEEE 754 binary16 to binary32, exact; {@code Float.float16ToFloat} came only with Java 20. */
    public static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >>> 10) & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wideExponent = exponent == 0x1f ? 0xff : exponent - 15 + 127;
        return Float.intBitsToFloat(sign | (wideExponent << 23) | (fraction << 13));
    }
}
