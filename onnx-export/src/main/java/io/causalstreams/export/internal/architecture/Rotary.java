package io.causalstreams.export.internal.architecture;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rotary positions (RoFormer, arXiv 2104.09864) in the half-split form: with d = 2·pairs, channel i &lt; pairs turns together
 * with channel i + pairs by the angle position · frequency(i); channels from d on stay as they are.
 *
 * @param frequencies radians per position of each pair
 * @param attentionFactor factor on both cos and sin (YaRN and LongRoPE); 1 = none
 * @param extended other frequencies for long sequences (LongRoPE), or null
 */
public record Rotary(
        List<Float> frequencies,
        float attentionFactor,
        @Nullable Extended extended) {
    public Rotary {
        frequencies = List.copyOf(frequencies);
    }

    /** The same at all lengths. */
    public Rotary(List<Float> frequencies, float attentionFactor) {
        this(frequencies, attentionFactor, null);
    }

    /** What whole sequences beyond a length turn by, their first positions too. */
    public Rotary extendedOnly() {
        return extended == null ? this : new Rotary(extended.frequencies, attentionFactor);
    }

    /** What sequences up to that length turn by. */
    public Rotary shortOnly() {
        return new Rotary(frequencies, attentionFactor);
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

    /**
     * Frequencies of sequences of more than {@code above} tokens.
     *
     * @param frequencies as many as those of shorter ones
     */
    public record Extended(int above, List<Float> frequencies) {
        public Extended {
            frequencies = List.copyOf(frequencies);
        }
    }
}
