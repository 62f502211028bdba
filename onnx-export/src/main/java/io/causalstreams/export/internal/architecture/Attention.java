package io.causalstreams.export.internal.architecture;

import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Causal self-attention with grouped key and value heads.
 *
 * @param heads query heads; head h reads key and value head h · kvHeads / heads
 * @param headDim channels of a head
 * @param latent what query, key and value are products of, where that is not the layer's input; else null
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
        @Nullable LatentInputs latent,
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
                null,
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
        return copy(to -> {
            to.query = query;
            to.key = key;
            to.value = value;
            to.output = output;
        });
    }

    /** The same attention with a scale of 1, the factor moved into the queries. */
    public Attention scaledInQueries() {
        return copy(to -> {
            to.scale = 1;
            if (queryNorm == null) {
                to.query = query.scaled(scale);
            } else {
                to.queryNorm = queryNorm.scaled(scale);
            }
        });
    }

    Attention withNorms(Norm queryNorm, Norm keyNorm) {
        return copy(to -> {
            to.queryNorm = queryNorm;
            to.keyNorm = keyNorm;
        });
    }

    /** With norms of heads that have turned already. */
    Attention withNormsOfTurned(Norm queryNorm, Norm keyNorm) {
        return withNorms(queryNorm, keyNorm).copy(to -> to.normsTurned = true);
    }

    public Attention withLatent(LatentInputs latent) {
        return copy(to -> to.latent = latent);
    }

    Attention withRotary(@Nullable Rotary rotary) {
        return copy(to -> to.rotary = rotary);
    }

    Attention withScale(double scale) {
        return copy(to -> to.scale = scale);
    }

    Attention withSoftcap(double softcap) {
        return copy(to -> to.softcap = softcap);
    }

    Attention withSinks(Weight sinks) {
        return copy(to -> to.sinks = sinks);
    }

    Attention withWindow(int window) {
        return copy(to -> to.window = window);
    }

    private Attention copy(Consumer<Builder> change) {
        Builder copy = new Builder(this);
        change.accept(copy);
        return copy.build();
    }

    /** A copy in the making: what is not assigned stays as it is. */
    private static final class Builder {
        private final Attention from;
        private @Nullable LatentInputs latent;
        private @Nullable Rotary rotary;
        private Projection query;
        private Projection key;
        private Projection value;
        private Projection output;
        private @Nullable Norm queryNorm;
        private @Nullable Norm keyNorm;
        private boolean normsTurned;
        private double scale;
        private double softcap;
        private @Nullable Weight sinks;
        private int window;

        Builder(Attention from) {
            this.from = from;
            latent = from.latent;
            rotary = from.rotary;
            query = from.query;
            key = from.key;
            value = from.value;
            output = from.output;
            queryNorm = from.queryNorm;
            keyNorm = from.keyNorm;
            normsTurned = from.normsTurned;
            scale = from.scale;
            softcap = from.softcap;
            sinks = from.sinks;
            window = from.window;
        }

        Attention build() {
            return new Attention(
                    from.heads,
                    from.kvHeads,
                    from.headDim,
                    latent,
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
}
