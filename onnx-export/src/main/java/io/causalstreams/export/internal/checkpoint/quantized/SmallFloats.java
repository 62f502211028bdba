package io.causalstreams.export.internal.checkpoint.quantized;

import io.causalstreams.export.internal.checkpoint.ggml.PlainFloats;
import java.nio.ByteBuffer;

/**
 * Floating-point types of 4 to 32 bits, all exact in fp32.
 *
 * <pre>
 *   F8_E4M3  s eeee mmm   bias 7, 0x7f is NaN, no infinities (OCP 8-bit floating point, "E4M3", as torch.float8_e4m3fn)
 *   F8_E5M2  s eeeee mm   bias 15, IEEE 754's infinities and NaN: the upper byte of a binary16
 *   F8_E8M0  eeeeeeee     2^(e - 127), 0xff is NaN (OCP Microscaling Formats, section 5.4.1)
 *   E2M1     s ee m       0 0.5 1 1.5 2 3 4 6 (OCP Microscaling Formats, section 5.3.3)
 * </pre>
 */
final class SmallFloats {
    private static final float[] E4M3 = table(SmallFloats::e4m3);
    private static final float[] E5M2 = table(bits -> PlainFloats.halfToFloat((short) (bits << 8)));
    private static final float[] E8M0 = table(bits -> bits == 0xff ? Float.NaN : Math.scalb(1f, bits - 127));
    private static final float[] E2M1 = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0f, -0.5f, -1, -1.5f, -2, -3, -4, -6};

    private SmallFloats() {}

    /** All numbers of {@code source}; {@code type} is that of a safetensors header. */
    static float[] decode(String type, ByteBuffer source) {
        int bytes = source.remaining();
        return switch (type) {
            case "F32" -> {
                float[] target = new float[bytes / 4];
                PlainFloats.float32(source, target.length, target, 0);
                yield target;
            }
            case "F16" -> {
                float[] target = new float[bytes / 2];
                PlainFloats.float16(source, target.length, target, 0);
                yield target;
            }
            case "BF16" -> {
                float[] target = new float[bytes / 2];
                PlainFloats.bfloat16(source, target.length, target, 0);
                yield target;
            }
            case "F8_E4M3" -> looked(E4M3, source);
            case "F8_E5M2" -> looked(E5M2, source);
            case "F8_E8M0" -> looked(E8M0, source);
            default -> throw new IllegalArgumentException(type);
        };
    }

    /** The scale that exponent {@code bits} of a microscaling block stands for. */
    static float e8m0(byte bits) {
        return E8M0[bits & 0xff];
    }

    /** The number of the lower four bits. */
    static float e2m1(int bits) {
        return E2M1[bits & 0xf];
    }

    private static float[] looked(float[] table, ByteBuffer source) {
        float[] target = new float[source.remaining()];
        for (int i = 0; i < target.length; i++) {
            target[i] = table[source.get() & 0xff];
        }
        return target;
    }

    private static float e4m3(int bits) {
        int exponent = (bits >> 3) & 0xf;
        int fraction = bits & 7;
        if (exponent == 0xf && fraction == 7) {
            return Float.NaN;
        }
        float magnitude = exponent == 0 ? Math.scalb((float) fraction, -9) : Math.scalb(8f + fraction, exponent - 10);
        return (bits & 0x80) == 0 ? magnitude : -magnitude;
    }

    private interface Decoder {
        float decode(int bits);
    }

    private static float[] table(Decoder decoder) {
        float[] table = new float[256];
        for (int bits = 0; bits < table.length; bits++) {
            table[bits] = decoder.decode(bits);
        }
        return table;
    }
}
