package io.causalstreams.testkit;

import io.causalstreams.inference.Embedding;
import java.util.List;

/** Vectors of texts that are near to each other where the texts share words. */
final class BagOfWords {
    private static final int DIMENSIONS = 32;

    private BagOfWords() {}

    /** Counts each word in one of {@value #DIMENSIONS} elements, the same everywhere; of length 1. */
    static Embedding embedding(List<Integer> words) {
        float[] counts = new float[DIMENSIONS];
        words.forEach(word -> counts[Math.floorMod(word, DIMENSIONS)]++);
        return Embedding.of(counts).normalized();
    }
}
