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
 * ({@link BestTokens}), greedy and top-k choices that they decide read nothing else, with the same result.
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
        if (best != null && adjustments.leavesAll(history, constraint)) {
            KnownBest known = Workspace.ofThread().best().of(best, row, vocabularySize);
            boolean enough = params.temperature() == 0 ? known.size() > 0 : reaches(known.size());
            if (enough) {
                return known.id(choose(known.logits(), known.size(), history));
            }
        }
        return choose(adjusted(logits, row, history, constraint), vocabularySize, history);
    }

    /** Whether top-k keeps none but the {@code known} most likely tokens. */
    private boolean reaches(int known) {
        return params.topK() > 0 && params.topK() <= known;
    }

    /** The index of one of the first {@code size} values. */
    private int choose(float[] values, int size, TokenHistory history) {
        int best = argMax(values, size);
        if (params.temperature() == 0) {
            return best;
        }
        double uniform = CounterRandom.uniform(seed, choice, history.completionLength());
        return candidates(values, size, values[best]).draw(uniform);
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
