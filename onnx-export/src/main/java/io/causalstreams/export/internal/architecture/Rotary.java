package io.causalstreams.export.internal.architecture;

import java.util.List;

/**
 * Rotary positions (RoFormer, arXiv 2104.09864) in the half-split form: with d = 2·pairs, channel i &lt; pairs turns together
 * with channel i + pairs by the angle position · frequency(i); channels from d on stay as they are.
 *
 * @param frequencies radians per position of each pair
 * @param attentionFactor factor on both cos and sin (YaRN and LongRoPE); 1 = none
 */
public record Rotary(List<Float> frequencies, float attentionFactor) {
    public Rotary {
        frequencies = List.copyOf(frequencies);
    }

    public int pairs() {
        return frequencies.size();
    }

    /** Channels that turn. */
    public int dimensions() {
        return 2 * pairs();
    }

    /** Single precision throughout, as in transformers, so that angles agree at far positions as well. */
    public float cos(int position, int pair) {
        return (float) Math.cos(position * frequencies.get(pair)) * attentionFactor;
    }

    /** As {@link #cos}. */
    public float sin(int position, int pair) {
        return (float) Math.sin(position * frequencies.get(pair)) * attentionFactor;
    }
}
