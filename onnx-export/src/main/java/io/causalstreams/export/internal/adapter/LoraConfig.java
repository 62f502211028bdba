package io.causalstreams.export.internal.adapter;

import java.util.List;

/**
 * Which projections get a low-rank addition, and of which kind: y = W·x + scale · B·(A·x) (LoRA, arXiv 2106.09685).
 *
 * @param rank rows of A and columns of B
 * @param alpha numerator of the scale
 * @param rankStabilised whether the scale is alpha / √rank (rsLoRA, arXiv 2312.03732) instead of alpha / rank
 * @param dropout share of A's input that is zeroed while the adapter learns, the rest counting 1 / (1 - dropout) times
 * @param targets last parts of the names of adapted modules, such as {@code q_proj}; {@link #ALL_LINEAR} alone: all projections of
 *     the layers
 */
public record LoraConfig(int rank, double alpha, boolean rankStabilised, double dropout, List<String> targets) {
    /** As peft calls every projection but the head. */
    public static final String ALL_LINEAR = "all-linear";

    public LoraConfig {
        if (rank < 1) {
            throw new IllegalArgumentException("rank is " + rank + "; it must be 1 or more");
        }
        if (!(alpha > 0)) {
            throw new IllegalArgumentException("alpha is " + alpha + "; it must be greater than 0");
        }
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("target-modules is empty; it must be at least one name");
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException("dropout is " + dropout + "; it must be at least 0 and less than 1");
        }
        targets = List.copyOf(targets);
    }

    /** Without dropout. */
    public LoraConfig(int rank, double alpha, boolean rankStabilised, List<String> targets) {
        this(rank, alpha, rankStabilised, 0, targets);
    }

    /** The same, as it computes when nothing is learned. */
    public LoraConfig withoutDropout() {
        return new LoraConfig(rank, alpha, rankStabilised, targets);
    }

    /** Factor on B·A. */
    public double scale() {
        return rankStabilised ? alpha / Math.sqrt(rank) : alpha / rank;
    }

    /** Whether the module of this name in the checkpoint is adapted. */
    public boolean adapts(String module) {
        return targets.equals(List.of(ALL_LINEAR))
                || targets.stream().anyMatch(target -> module.equals(target) || module.endsWith("." + target));
    }
}
