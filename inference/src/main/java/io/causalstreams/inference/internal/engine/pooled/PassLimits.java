package io.causalstreams.inference.internal.engine.pooled;

/**
 * How much goes into one pass: enough for the products to be fast, little enough to stay in the processor's cache and for nobody
 * to wait long.
 *
 * @param tokens of all rows; a single row may have more
 * @param scores fp32 elements of one layer's attention, (rows, heads, longest, longest); a single row may have more
 * @param heads of attention
 */
record PassLimits(int tokens, long scores, int heads) {
    /** 64 MB. */
    private static final long MOST_SCORES = 16 << 20;

    static PassLimits of(int tokens, int heads) {
        return new PassLimits(tokens, MOST_SCORES, heads);
    }

    /** An empty pass. */
    Pass start() {
        return new Pass();
    }

    /** Rows that were found a place. */
    final class Pass {
        private int rows;
        private int taken;
        private int longest;

        /** Whether a row of {@code length} tokens fits in, which the first always does; then it is in. */
        boolean add(int length) {
            int atLongest = Math.max(longest, length);
            if (rows > 0 && (taken + length > tokens || (rows + 1L) * heads * atLongest * atLongest > scores)) {
                return false;
            }
            rows++;
            taken += length;
            longest = atLongest;
            return true;
        }
    }
}
