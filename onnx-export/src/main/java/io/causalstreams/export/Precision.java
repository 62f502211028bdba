package io.causalstreams.export;

import java.util.Locale;

/** What the weights and products of a graph are computed in. */
public enum Precision {
    /** Single precision throughout: the reference. */
    FP32,
    /**
     * For CPUs single precision, with weights stored in half: half the file, the same memory and speed. For devices half precision
     * throughout.
     */
    FP16,
    /** Brain floating point: range of single precision, 8 bits of precision. For devices only. */
    BF16,
    /** 8-bit weights. */
    INT8,
    /** 4-bit weights in blocks, 8-bit head. */
    INT4;

    /** As in {@code --precision} and in the graph's metadata: {@code fp32}, … */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
