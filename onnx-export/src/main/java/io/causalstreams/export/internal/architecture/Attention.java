package io.causalstreams.export.internal.architecture;

import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import org.jspecify.annotations.Nullable;

/**
 * Causal self-attention with grouped key and value heads.
 *
 * @param heads query heads; head h reads key and value head h · kvHeads / heads
 * @param headDim channels of a head
 * @param query (heads · headDim, hidden)
 * @param key (kvHeads · headDim, hidden)
 * @param value (kvHeads · headDim, hidden)
 * @param output (hidden, heads · headDim)
 * @param queryNorm of size headDim: each head alone; of size heads · headDim: all heads together; null: none
 * @param keyNorm as queryNorm
 * @param normsTurned whether the norms see heads that have turned already
 * @param rotary null for a layer without rotary positions
 * @param scale factor on q·k
 * @param softcap scores become softcap · tanh(scores / softcap); 0 = none
 * @param sinks (heads, 1): one more score of each head, whose share of the softmax goes nowhere; null: none
 * @param window keys that a query sees, itself included; 0 = all before it
 */
public record Attention(
        int heads,
        int kvHeads,
        int headDim,
        Projection query,
        Projection key,
        Projection value,
        Projection output,
        @Nullable Norm queryNorm,
        @Nullable Norm keyNorm,
        boolean normsTurned,
        @Nullable Rotary rotary,
        double scale,
        double softcap,
        @Nullable Weight sinks,
        int window) {

    public Attention {
        if (heads % kvHeads != 0) {
            throw new UnsupportedModelException(
                    "config.json: num_key_value_heads is %d, which does not divide num_attention_heads %d"
                            .formatted(kvHeads, heads));
        }
        if (rotary != null && rotary.dimensions() > headDim) {
            throw new UnsupportedModelException("config.json: %d rotary channels do not fit in head_dim %d"
                    .formatted(rotary.dimensions(), headDim));
        }
    }

    /** Plain attention: scores scaled by 1/√headDim, no norms, no window. */
    static Attention plain(
            int heads,
            int kvHeads,
            int headDim,
            Projection query,
            Projection key,
            Projection value,
            Projection output,
            @Nullable Rotary rotary) {
        return new Attention(
                heads,
                kvHeads,
                headDim,
                query,
                key,
                value,
                output,
                null,
                null,
                false,
                rotary,
                1 / Math.sqrt(headDim),
                0,
                null,
                0);
    }

    public Attention withProjections(Projection query, Projection key, Projection value, Projection output) {
        return new Attention(
                heads,
                kvHeads,
                headDim,
                query,
                key,
                value,
                output,
                queryNorm,
                keyNorm,
                normsTurned,
                rotary,
                scale,
                softcap,
                sinks,
                window);
    }

    /** The same attention with a scale of 1, the factor moved into the queries. */
    public Attention scaledInQueries() {
        return new Attention(
                heads,
                kvHeads,
                headDim,
                queryNorm == null ? query.scaled(scale) : query,
                key,
                value,
                output,
                queryNorm == null ? null : queryNorm.scaled(scale),
                keyNorm,
                normsTurned,
                rotary,
                1,
                softcap,
                sinks,
                window);
    }

    Attention withNorms(Norm queryNorm, Norm keyNorm) {
        return new Attention(
                heads,
                kvHeads,
                headDim,
                query,
                key,
                value,
                output,
                queryNorm,
                keyNorm,
                normsTurned,
                rotary,
                scale,
                softcap,
                sinks,
                window);
    }

    /** With norms of heads that have turned already. */
    Attention withNormsOfTurned(Norm queryNorm, Norm keyNorm) {
        return new Attention(
                heads, kvHeads, headDim, query, key, value, output, queryNorm, keyNorm, true, rotary, scale, softcap,
                sinks, window);
    }

    Attention withScale(double scale) {
        return new Attention(
                heads,
                kvHeads,
                headDim,
                query,
                key,
                value,
                output,
                queryNorm,
                keyNorm,
                normsTurned,
                rotary,
                scale,
                softcap,
                sinks,
                window);
    }

    Attention withSoftcap(double softcap) {
        return new Attention(
                heads,
                kvHeads,
                headDim,
                query,
                key,
                value,
                output,
                queryNorm,
                keyNorm,
                normsTurned,
                rotary,
                scale,
                softcap,
                sinks,
                window);
    }

    Attention withSinks(Weight sinks) {
        return new Attention(
                heads,
                kvHeads,
                headDim,
                query,
                key,
                value,
                output,
                queryNorm,
                keyNorm,
                normsTurned,
                rotary,
                scale,
                softcap,
                sinks,
                window);
    }

    Attention withWindow(int window) {
        return new Attention(
                heads,
                kvHeads,
                headDim,
                query,
                key,
                value,
                output,
                queryNorm,
                keyNorm,
                normsTurned,
                rotary,
                scale,
                softcap,
                sinks,
                window);
    }
}
