package io.causalstreams.inference.internal.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Facts of a model of whole texts, from the graph's {@code metadata_props}; keys and meaning in {@code docs/graph-contract.md}.
 *
 * @param maxContextTokens tokens of a text or pair, special ones included
 * @param heads of attention in a layer
 * @param output what it gives
 */
public record PooledMetadata(
        String name,
        String precision,
        String fingerprint,
        int vocabularySize,
        int maxContextTokens,
        int heads,
        Output output) {

    /** The same for shorter texts. */
    public PooledMetadata withMaxContextTokens(int tokens) {
        return new PooledMetadata(name, precision, fingerprint, vocabularySize, tokens, heads, output);
    }

    /** What a model gives. */
    public sealed interface Output {}

    /**
     * A vector of each text.
     *
     * @param normalized whether vectors are to be scaled to length 1
     * @param prompts texts to put in front, by name
     * @param defaultPrompt the name of the one used where none is asked for, or null
     */
    public record Embeddings(
            int dimensions,
            boolean normalized,
            Map<String, String> prompts,
            @Nullable String defaultPrompt) implements Output {
        public Embeddings {
            prompts = Map.copyOf(prompts);
        }
    }

    /**
     * A score of each pair.
     *
     * @param sigmoid whether the logistic function makes a probability of it; else it is the score
     */
    public record Scores(boolean sigmoid) implements Output {}
}
