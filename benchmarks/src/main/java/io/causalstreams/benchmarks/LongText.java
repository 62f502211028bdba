package io.causalstreams.benchmarks;

import java.util.SplittableRandom;

/** Text without a meaning. */
final class LongText {
    private LongText() {}

    /** Tokens that are not control tokens, the same for the same seed. */
    static int[] tokens(int count, long seed) {
        return new SplittableRandom(seed)
                .ints(count, 3, SyntheticVocabulary.SIZE)
                .toArray();
    }
}
