package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.internal.model.ModelMetadata;
import io.causalstreams.inference.internal.text.Tokenizer;
import java.util.Set;

/**
 * What every sequence needs to know of the model.
 *
 * @param sampleableTokens ids below this can be chosen: all that have a logit, those without a text in the tokenizer too, as
 *     in transformers
 * @param scoringChunkTokens most tokens of a chunk that wants the logits of every position
 */
record ModelFacts(Tokenizer tokenizer, Set<Integer> eosTokenIds, int sampleableTokens, int scoringChunkTokens) {
    /** 64 MB of logits: a chunk of 256 tokens would need 256 MB with a vocabulary of 256,000. */
    private static final int SCORING_LOGITS = 16 << 20;

    static ModelFacts of(ModelMetadata metadata, Tokenizer tokenizer) {
        return new ModelFacts(
                tokenizer,
                metadata.eosTokenIds(),
                metadata.vocabularySize(),
                Math.max(16, SCORING_LOGITS / metadata.vocabularySize()));
    }
}
