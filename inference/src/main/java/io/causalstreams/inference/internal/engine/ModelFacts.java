package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.internal.text.Tokenizer;
import java.util.Set;

/**
 * What every sequence needs to know of the model.
 *
 * @param sampleableTokens ids below this can be chosen; logits beyond are padding of the head
 */
record ModelFacts(Tokenizer tokenizer, Set<Integer> eosTokenIds, int sampleableTokens) {}
