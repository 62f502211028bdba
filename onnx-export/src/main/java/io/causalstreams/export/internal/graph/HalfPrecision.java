package io.causalstreams.export.internal.graph;

/** IEEE 754 binary16, which Java 17 has no conversions for. */
final class HalfPrecision {
    private static final float LARGEST = 65504;

    /** Of every bfloat16, which most checkpoints are made of. */
    private static final short[] OF_BFLOAT16 = new short[1 << 16];

    static {
        for (int bits = 0; bits < OF_BFLOAT16.length; bits++) {
            OF_BFLOAT16[bits] = rounded(bits << 16);
        }
    }

    private HalfPrecision() {}

    /** As {@link #fromFloat}, but what is too large becomes the largest number; infinities stay. */
    static short nearestNumber(float value) {
        return fromFloat(Float.isInfinite(value) ? value : Math.max(-LARGEST, Math.min(LARGEST, value)));
    }

    /** Rounds to nearest even; what is too large becomes infinity. */
    static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (bits & 0xffff) == 0 ? OF_BFLOAT16[bits >>> 16] : rounded(bits);
    }

    private static short rounded(int bits) {
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude >= 0x47800000) { // 65536 and above, infinity, NaN
            return (short) (sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00));
        }
        if (magnitude < 0x38800000) { // below 2^-14: subnormal halves are multiples of 2^-24
            float scaled = Float.intBitsToFloat(magnitude) * 0x1p24f;
            return (short) (sign | (int) Math.rint(scaled));
        }
        int rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
        return (short) (sign | ((rounded - 0x38000000) >>> 13));
    }
}
