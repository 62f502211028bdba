package io.causalstreams.export.internal.checkpoint.ggml;

import java.nio.ByteBuffer;

/** The types that are not quantized: one number is one block. */
public final class PlainFloats {

    private PlainFloats() {}

    public static void float32(ByteBuffer source, int count, float[] target, int offset) {
        source.asFloatBuffer().get(target, offset, count);
        source.position(source.position() + count * Float.BYTES);
    }

    public static void float16(ByteBuffer source, int count, float[] target, int offset) {
        short[] stored = shorts(source, count);
        for (int i = 0; i < count; i++) {
            target[offset + i] = halfToFloat(stored[i]);
        }
    }

    public static void bfloat16(ByteBuffer source, int count, float[] target, int offset) {
        short[] stored = shorts(source, count);
        for (int i = 0; i < count; i++) {
            target[offset + i] = Float.intBitsToFloat(stored[i] << 16);
        }
    }

    private static short[] shorts(ByteBuffer source, int count) {
        short[] shorts = new short[count];
        source.asShortBuffer().get(shorts);
        source.position(source.position() + count * Short.BYTES);
        return shorts;
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
