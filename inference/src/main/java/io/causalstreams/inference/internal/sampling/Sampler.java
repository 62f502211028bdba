package io.causalstreams.inference.internal.sampling;

import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.model.BestTokens;
import io.causalstreams.inference.internal.model.Logits;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the next token of one choice: a pure function of its logits, its history and (seed, choice, position), so the
 * same request gives the same tokens alone, in any batch, and resumed from any prefix.
 *
 * <p>Order: logit bias → constraint mask → min-tokens mask → repetition, presence and frequency penalties → temperature →
 * top-k → top-p → min-p → draw. Where several tokens are equally likely at an edge, top-k keeps them all (as
 * transformers does), top-p and arg-max prefer the lowest id.
 *
 * <p>Cost: greedy copies and scans the row once. Drawing adds one exponential per token that top-k leaves, in single precision
 * where top-p needs no more than an estimate of their sum; nothing sorts
 * the vocabulary. Nothing of vocabulary size is allocated per call or held per choice. Where a model gives its best tokens
 * ({@link BestTokens}), greedy, top-k and top-p choices that they decide read nothing else, with the same result.
 *
 * <p>{@code benchmarks/jmh Sampler} measures it.
 *
 * <p>Threading: one thread at a time; vocabulary-sized buffers are shared by all samplers of a thread.
 */
public final class Sampler {
    private final SamplingParams params;
    private final long seed;
    private final int choice;
    private final int vocabularySize;
    private final LogitAdjustments adjustments;

    /**
     * @param eosTokenIds impossible before {@code min_tokens} and where a constraint does not accept
     * @param vocabularySize ids that can be chosen, at most the width of the logits: wider rows are padding of the head
     */
    public Sampler(SamplingParams params, long seed, int choice, Set<Integer> eosTokenIds, int vocabularySize) {
        this.params = params;
        this.seed = seed;
        this.choice = choice;
        this.vocabularySize = vocabularySize;
        this.adjustments = new LogitAdjustments(params, eosTokenIds, vocabularySize);
    }

    /**
     * The next token.
     *
     * @param logits shape (rows, vocabulary); only {@code row} is read, nothing is changed
     * @param history prompt and completion so far; its completion length is the position of the draw
     * @param constraint where the completion stands in its constraint, or null
     * @throws SamplingException if a logit is NaN or +infinity, or no token may follow
     */
    public int sample(Logits logits, int row, TokenHistory history, TokenConstraint.@Nullable State constraint) {
        BestTokens best = logits.best();
        int known = best == null ? KnownBest.NONE : ofBest(best, logits, row, history, constraint);
        if (known != KnownBest.NONE) {
            return known;
        }
        float[] values = adjusted(logits, row, history, constraint);
        int most = argMax(values, vocabularySize);
        return params.temperature() == 0
                ? most
                : candidates(values, vocabularySize, values[most]).draw(uniform(history));
    }

    /** One of the row's best tokens, if those that adjustments and filters leave are surely among them, else {@link KnownBest#NONE}. */
    private int ofBest(
            BestTokens best, Logits logits, int row, TokenHistory history, TokenConstraint.@Nullable State constraint) {
        boolean adjusted = !adjustments.leavesAll(history, constraint);
        if (params.temperature() == 0 && !adjusted) {
            return KnownBest.mostLikely(best, row, vocabularySize);
        }
        if (adjusted && !adjustments.onlyLowers()) {
            return KnownBest.NONE;
        }
        KnownBest known = Workspace.ofThread().best().of(best, row, vocabularySize);
        if (adjusted) {
            adjustments.lower(known, history, constraint);
        }
        int size = known.size();
        if (size == 0) {
            return KnownBest.NONE;
        }
        float[] values = known.logits();
        int most = argMax(values, size);
        if (params.temperature() == 0) {
            return known.id(most);
        }
        Candidates candidates;
        if (params.topK() > 0) {
            if (params.topK() > size) {
                return KnownBest.NONE;
            }
            candidates = candidates(values, size, values[most]);
        } else {
            boolean all = vocabularySize == logits.vocabulary();
            candidates = Workspace.ofThread().candidates();
            if (adjusted || !candidates.selectKnown(known, values[most], params.temperature(), params.topP(), all)) {
                return KnownBest.NONE;
            }
            candidates.keepMinP(params.minP());
        }
        return known.id(candidates.draw(uniform(history)));
    }

    private double uniform(TokenHistory history) {
        return CounterRandom.uniform(seed, choice, history.completionLength());
    }

    /** Probabilities by token id, as {@link #sample} draws from them at a temperature above 0. */
    double[] distribution(Logits logits, int row, TokenHistory history, TokenConstraint.@Nullable State constraint) {
        float[] values = adjusted(logits, row, history, constraint);
        return candidates(values, vocabularySize, values[argMax(values, vocabularySize)])
                .probabilities(vocabularySize);
    }

    private float[] adjusted(Logits logits, int row, TokenHistory history, TokenConstraint.@Nullable State constraint) {
        float[] values = Workspace.ofThread().row(logits, row);
        adjustments.apply(values, history, constraint);
        return values;
    }

    private Candidates candidates(float[] values, int size, float max) {
        Candidates candidates = Workspace.ofThread().candidates();
        boolean filtered = params.topP() < 1
                && params.topK() <= 0
                && candidates.selectTopP(values, size, max, params.temperature(), params.topP());
        if (!filtered) {
            selectExactly(candidates, values, size, max);
        }
        candidates.keepMinP(params.minP());
        return candidates;
    }

    private void selectExactly(Candidates candidates, float[] values, int size, float max) {
        // Top-p sums all weights; without it, those that min-p is going to drop need not be computed.
        double leastWeight = params.topP() >= 1 ? params.minP() : 0;
        candidates.select(values, size, max, params.temperature(), params.topK(), leastWeight);
        candidates.keepTopP(params.topP());
    }

    /** The index of the largest of the first {@code size} values, the lowest of equals. */
    static int argMax(float[] values, int size) {
        int best = -1;
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            // Not "values[i] > max": this form is also true for NaN, so the check below costs nothing per token.
            if (!(values[i] <= max)) {
                if (Float.isNaN(values[i])) {
                    throw new SamplingException("the logit of token " + i + " is NaN");
                }
                max = values[i];
                best = i;
            }
        }
        if (max == Float.POSITIVE_INFINITY) {
            throw new SamplingException("the logit of token " + best + " is infinite");
        }
        if (best < 0) {
            throw new SamplingException("every token is masked; constraint, logit_bias and min_tokens leave none");
        }
        return best;
    }
}
