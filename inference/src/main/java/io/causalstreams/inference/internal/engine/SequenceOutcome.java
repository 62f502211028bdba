package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.TokenLogprob;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one forward pass meant for one sequence; a value, not yet part of it. */
sealed interface SequenceOutcome {

    /**
     * A generation went on.
     *
     * @param cachedLength valid positions of its slot after the pass
     * @param scores of known tokens (prompt or resumed) whose predecessors were in the pass, in order
     * @param sampled new tokens, in order; empty while the prompt is not finished
     * @param guessed tokens the pass computed on trial; all but the last of {@code sampled} were guessed right
     */
    record Advanced(int cachedLength, List<TokenLogprob> scores, List<SampledToken> sampled, int guessed)
            implements SequenceOutcome {}

    /**
     * A classification went on.
     *
     * @param cachedLength valid positions of its slot after the pass: prompt tokens only
     * @param firstLogprobs per label the log-probability of its first token, when the prompt was finished
     * @param labelTokens tokens of the current label scored by the pass
     * @param labelLogprob sum of their log-probabilities
     */
    record Scored(int cachedLength, List<Double> firstLogprobs, int labelTokens, double labelLogprob)
            implements SequenceOutcome {}

    /** The numbers of this sequence are unusable: its request fails, nobody else's. */
    record Broken(RuntimeException cause) implements SequenceOutcome {}

    /** A chosen token. */
    record SampledToken(int tokenId, @Nullable TokenLogprob logprob) {}
}
