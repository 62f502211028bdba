package io.causalstreams.export;

/** Runs a model over tokens: what {@link ExportReport} needs of a runtime, which this module does not have. */
@FunctionalInterface
public interface LogitsScorer {

    /** Logits of the token after each of {@code tokenIds}. Shapes: token ids (tokens); result (tokens, vocabulary). */
    float[][] logits(int[] tokenIds);
}
