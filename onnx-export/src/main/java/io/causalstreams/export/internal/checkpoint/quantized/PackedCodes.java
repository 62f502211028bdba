package io.causalstreams.export.internal.checkpoint.quantized;

/**
 * Codes of a few bits in 32-bit words.
 *
 * <p>A line of codes is a stream of bits, the first code in the lowest bits of the first word; where bits do not divide 32, a
 * code begins in one word and ends in the next. Lines are rows of words ({@code compressed-tensors}), or columns (GPTQ).
 */
final class PackedCodes {
    private PackedCodes() {}

    /** Words that a line of {@code count} codes takes. */
    static long words(int count, int bits) {
        return ((long) count * bits + 31) / 32;
    }

    /** Words of shape (lines, words of a line) to codes (lines, count). */
    static byte[] fromRows(int[] words, int lines, int count, int bits) {
        int stride = (int) words(count, bits);
        byte[] codes = new byte[Math.multiplyExact(lines, count)];
        for (int line = 0, i = 0; line < lines; line++) {
            for (int k = 0; k < count; k++) {
                codes[i++] = code(words, line * stride, 1, k, bits);
            }
        }
        return codes;
    }

    /** Words of shape (words of a line, lines) to codes (lines, count). */
    static byte[] fromColumns(int[] words, int lines, int count, int bits) {
        byte[] codes = new byte[Math.multiplyExact(lines, count)];
        // Words are read in their order; the few lines of codes written meanwhile stay in the cache better than words
        // would.
        for (int k = 0; k < count; k++) {
            for (int line = 0; line < lines; line++) {
                codes[line * count + k] = code(words, line, lines, k, bits);
            }
        }
        return codes;
    }

    private static byte code(int[] words, int first, int stride, int k, int bits) {
        int bit = k * bits;
        int shift = bit & 31;
        int at = first + (bit >> 5) * stride;
        int code = words[at] >>> shift;
        if (shift + bits > 32) {
            code |= words[at + stride] << (32 - shift);
        }
        return (byte) (code & ((1 << bits) - 1));
    }
}
