package io.causalstreams.export.internal.architecture;

import org.jspecify.annotations.Nullable;

/**
 * One decoder layer over the residual stream x.
 *
 * <pre>
 *   SEQUENTIAL  x ← x + post(attention(pre(x)));  x ← x + post(feedForward(pre(x)))
 *   PARALLEL    x ← x + attention(pre(x)) + feedForward(pre(x))      both on the layer's input
 * </pre>
 *
 * Any of the four norms may be absent. Factors on the branches are part of the weights of their last projections.
 */
public record DecoderLayer(
        @Nullable Norm beforeAttention,
        Attention attention,
        @Nullable Norm afterAttention,
        @Nullable Norm beforeFeedForward,
        FeedForward feedForward,
        @Nullable Norm afterFeedForward,
        Residual residual) {

    /** The usual layer with a norm before each branch. */
    static DecoderLayer preNorm(
            Norm beforeAttention, Attention attention, Norm beforeFeedForward, FeedForward feedForward) {
        return new DecoderLayer(
                beforeAttention, attention, null, beforeFeedForward, feedForward, null, Residual.SEQUENTIAL);
    }

    /** A layer with a norm behind each branch, as OLMo 2 has them. */
    static DecoderLayer postNorm(
            Attention attention, Norm afterAttention, FeedForward feedForward, Norm afterFeedForward) {
        return new DecoderLayer(
                null, attention, afterAttention, null, feedForward, afterFeedForward, Residual.SEQUENTIAL);
    }

    public DecoderLayer withAttention(Attention attention) {
        return new DecoderLayer(
                beforeAttention, attention, afterAttention, beforeFeedForward, feedForward, afterFeedForward, residual);
    }

    DecoderLayer ofShortSequences() {
        Rotary rotary = attention.rotary();
        return rotary == null ? this : withAttention(attention.withRotary(rotary.shortOnly()));
    }

    /** How the two branches join the stream. */
    public enum Residual {
        SEQUENTIAL,
        PARALLEL
    }
}
