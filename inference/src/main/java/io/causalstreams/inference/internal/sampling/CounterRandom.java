package io.causalstreams.inference.internal.sampling;

/**
 * Random numbers that are a function of where they are used: no state, so a draw depends neither on the batch it happens
 * in nor on how often the sequence was interrupted and resumed.
 *
 * <p>Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). Key = the
 * seed's 64 bits, counter = (position, choice, 0, 0).
 */
final class CounterRandom {
    private static final int ROUNDS = 10;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final long UNSIGNED = 0xFFFFFFFFL;

    private CounterRandom() {}

    /** A number in [0, 1) with 53 random bits, for one position of one choice. */
    static double uniform(long seed, int choice, int position) {
        int[] block = block(new int[] {position, choice, 0, 0}, (int) seed, (int) (seed >>> 32));
        long bits = ((long) block[0] << 32) | (block[1] & UNSIGNED);
        return (bits >>> 11) * 0x1.0p-53;
    }

    /** Encrypts {@code counter} (4 words) in place with the key. */
    static int[] block(int[] counter, int key0, int key1) {
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = MULTIPLIER_0 * (counter[0] & UNSIGNED);
            long product1 = MULTIPLIER_1 * (counter[2] & UNSIGNED);
            counter[0] = (int) (product1 >>> 32) ^ counter[1] ^ key0;
            counter[1] = (int) product1;
            counter[2] = (int) (product0 >>> 32) ^ counter[3] ^ key1;
            counter[3] = (int) product0;
            key0 += WEYL_0;
            key1 += WEYL_1;
        }
        return counter;
    }
}
