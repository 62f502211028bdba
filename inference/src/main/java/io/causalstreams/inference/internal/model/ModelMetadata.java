package io.causalstreams.inference.internal.model;

import java.util.Set;

/**
 * Model facts from the graph's {@code metadata_props}; keys and meaning in {@code docs/graph-contract.md}.
 *
 * @param eosTokenIds tokens that end a completion
 * @param bosTokenId prepended to text prompts when {@code addBos}; -1 = none
 */
public record ModelMetadata(
        String name,
        String architecture,
        String precision,
        String fingerprint,
        int layers,
        int kvHeads,
        int headDim,
        int vocabularySize,
        int maxContextTokens,
        Set<Integer> eosTokenIds,
        int bosTokenId,
        boolean addBos) {
    public ModelMetadata {
        eosTokenIds = Set.copyOf(eosTokenIds);
    }
}
