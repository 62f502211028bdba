package io.causalstreams.tuning.internal.model;

import java.util.Locale;

/** How weights that do not learn are kept in memory; products are computed in fp32 of what is kept. */
public enum FrozenStorage {
    /** As the checkpoint has them: 4 bytes a weight. */
    FP32,
    /** Eight bits, a scale for every block: 1.06 bytes a weight. */
    INT8,
    /** Four bits, evenly spaced, a scale for every block: 0.56 bytes a weight. */
    INT4,
    /** Four bits, spaced as quantiles of the normal distribution, as QLoRA has them: 0.56 bytes a weight. */
    NF4;

    /** As in options: {@code fp32}, … */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
