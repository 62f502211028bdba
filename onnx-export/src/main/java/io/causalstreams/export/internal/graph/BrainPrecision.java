package io.causalstreams.export.internal.graph;

/** bfloat16: the upper half of a float. */
final class BrainPrecision {
    private static final int LARGEST = 0x7f7f;

    private BrainPrecision() {}

    /** Rounds to nearest even; what would become infinity becomes the largest number. */
    static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        int rounded = (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
        boolean tooLarge = (rounded & 0x7fff) > LARGEST && !Float.isInfinite(value);
        return (short) (tooLarge ? (rounded & 0x8000) | LARGEST : rounded);
    }
}
