package io.causalstreams.inference.internal.sampling;

import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What changes logits before temperature: bias, masks and penalties, in this order. Immutable. */
final class LogitAdjustments {
    private static final float MASKED = Float.NEGATIVE_INFINITY;
    private static final int[] NONE = {};

    private final SamplingParams params;
    private final int vocabularySize;
    private final int[] biasedIds;
    private final float[] biases;
    private final int[] eosIds;
    /** End-of-sequence and stop tokens. */
    private final int[] endingIds;
    /** Those of them that are no part of the text they end. */
    private final int[] outerIds;

    LogitAdjustments(SamplingParams params, Set<Integer> eosTokenIds, int vocabularySize) {
        this.params = params;
        this.vocabularySize = vocabularySize;
        biasedIds = known(params.logitBias().keySet().stream().mapToInt(Integer::intValue));
        biases = new float[biasedIds.length];
        for (int i = 0; i < biases.length; i++) {
            biases[i] = params.logitBias().getOrDefault(biasedIds[i], 0.0).floatValue();
        }
        eosIds = known(eosTokenIds.stream().mapToInt(Integer::intValue));
        endingIds = known(IntStream.concat(
                Arrays.stream(eosIds), params.stopTokenIds().stream().mapToInt(Integer::intValue)));
        outerIds = params.includeStopStrInOutput() ? eosIds : endingIds;
    }

    private int[] known(IntStream ids) {
        return ids.filter(id -> id >= 0 && id < vocabularySize)
                .distinct()
                .sorted()
                .toArray();
    }

    /** Adjusts {@code logits[0..vocabularySize)} in place. */
    void apply(float[] logits, TokenHistory history, TokenConstraint.@Nullable State constraint) {
        for (int i = 0; i < biasedIds.length; i++) {
            logits[biasedIds[i]] += biases[i];
        }
        if (constraint != null) {
            maskForbidden(logits, constraint);
        }
        for (int id : impossible(history, constraint)) {
            logits[id] = MASKED;
        }
        penalize(logits, history);
    }

    /** Tokens that min_tokens and ignore_eos rule out. */
    private int[] impossible(TokenHistory history, TokenConstraint.@Nullable State constraint) {
        // A complete text has nothing left but to end: there the constraint wins over min_tokens and ignore_eos.
        if (constraint == null || !constraint.allowed().isEmpty()) {
            if (history.completionLength() < params.minTokens()) {
                return endingIds;
            } else if (constraint != null && params.ignoreEos()) {
                return eosIds;
            }
        }
        return NONE;
    }

    /** Whether {@link #apply} leaves all logits as they are. */
    boolean leavesAll(TokenHistory history, TokenConstraint.@Nullable State constraint) {
        return constraint == null
                && biasedIds.length == 0
                && history.completionLength() >= params.minTokens()
                && !penalizes();
    }

    /** Whether {@link #apply} makes no logit larger. */
    boolean onlyLowers() {
        return biasedIds.length == 0
                && params.repetitionPenalty() >= 1
                && params.presencePenalty() >= 0
                && params.frequencyPenalty() >= 0;
    }

    /** As {@link #apply}, of a row's known tokens; where it {@link #onlyLowers}, no other token passes those that stay known. */
    void lower(KnownBest known, TokenHistory history, TokenConstraint.@Nullable State constraint) {
        float[] logits = known.logits();
        if (constraint != null) {
            BitSet allowed = constraint.allowed();
            for (int i = 0; i < known.size(); i++) {
                int id = known.id(i);
                if (!allowed.get(id) && !(constraint.accepting() && Arrays.binarySearch(outerIds, id) >= 0)) {
                    logits[i] = MASKED;
                }
            }
        }
        for (int id : impossible(history, constraint)) {
            int place = known.indexOf(id);
            if (place >= 0) {
                logits[place] = MASKED;
            }
        }
        if (penalizes()) {
            history.forEachDistinct((id, completionCount) -> {
                int place = known.indexOf(id);
                if (place >= 0) {
                    logits[place] = penalized(logits[place], completionCount);
                }
            });
        }
        known.keepAboveLeast();
    }

    private boolean penalizes() {
        return params.repetitionPenalty() != 1 || params.presencePenalty() != 0 || params.frequencyPenalty() != 0;
    }

    /** Masks what is not allowed, run by run: quick for few allowed tokens as well as for nearly all. */
    private void maskForbidden(float[] logits, TokenConstraint.State constraint) {
        BitSet allowed = constraint.allowed();
        float[] outerLogits = new float[outerIds.length];
        for (int i = 0; i < outerIds.length; i++) {
            boolean possible = constraint.accepting() || allowed.get(outerIds[i]);
            outerLogits[i] = possible ? logits[outerIds[i]] : MASKED;
        }
        int from = allowed.nextClearBit(0);
        while (from < vocabularySize) {
            int next = allowed.nextSetBit(from);
            int to = next < 0 ? vocabularySize : Math.min(next, vocabularySize);
            Arrays.fill(logits, from, to, MASKED);
            from = allowed.nextClearBit(to);
        }
        for (int i = 0; i < outerIds.length; i++) {
            logits[outerIds[i]] = outerLogits[i];
        }
    }

    private void penalize(float[] logits, TokenHistory history) {
        if (!penalizes()) {
            return;
        }
        history.forEachDistinct((id, completionCount) -> {
            if (id < vocabularySize) {
                logits[id] = penalized(logits[id], completionCount);
            }
        });
    }

    private float penalized(float logit, int completionCount) {
        float repetition = (float) params.repetitionPenalty();
        float repeated = logit > 0 ? logit / repetition : logit * repetition;
        return completionCount == 0
                ? repeated
                : repeated - (float) params.presencePenalty() - (float) params.frequencyPenalty() * completionCount;
    }
}
