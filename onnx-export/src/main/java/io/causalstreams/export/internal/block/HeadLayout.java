package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.Attention;
import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.architecture.Rotary;
import io.causalstreams.export.internal.weight.ChannelOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How the channels of a head lie in the graph.
 *
 * <p>{@code GroupQueryAttention} on CPU wants heads of a multiple of {@value #WITHOUT_ROTARY} channels, with rotary
 * positions of {@value #WITH_ROTARY}, and turns a multiple of 16 of them. q·k does not change when both are permuted or
 * filled up with zeros in the same way, so every head becomes one that turns as a whole:
 *
 * <pre>
 *   stored   a₀…aᵣ₋₁ b₀…bᵣ₋₁ p₀…      pair (aᵢ, bᵢ) turns, p stays
 *   here     a₀…aᵣ₋₁ p₀… 0 │ b₀…bᵣ₋₁ p… 0      halves of equal size; the angles of p and 0 are zero
 * </pre>
 *
 * Values keep their order and are filled up at the end.
 *
 * @param headDim channels of a head in the checkpoint
 * @param paddedDim channels of a head in the graph and in the cache
 */
record HeadLayout(int headDim, int paddedDim) {
    private static final int WITH_ROTARY = 16;
    private static final int WITHOUT_ROTARY = 8;

    /** One layout for all layers: the cache has one shape. */
    static HeadLayout of(Decoder decoder) {
        int headDim = decoder.layers().get(0).attention().headDim();
        boolean rotary = decoder.layers().stream().anyMatch(l -> l.attention().rotary() != null);
        int multiple = rotary ? WITH_ROTARY : WITHOUT_ROTARY;
        return new HeadLayout(headDim, (headDim + multiple - 1) / multiple * multiple);
    }

    /** Channels of one query or key head. */
    ChannelOrder queryKey(@Nullable Rotary rotary) {
        if (rotary == null) {
            return value();
        }
        int[] sources = new int[paddedDim];
        Arrays.fill(sources, ChannelOrder.ZERO);
        int half = paddedDim / 2;
        int pairs = rotary.pairs();
        for (int i = 0; i < pairs; i++) {
            sources[i] = i;
            sources[half + i] = pairs + i;
        }
        int next = rotary.dimensions();
        for (int i = 0; i < paddedDim && next < headDim; i++) {
            if (sources[i] == ChannelOrder.ZERO) {
                sources[i] = next++;
            }
        }
        return ChannelOrder.of(headDim, sources);
    }

    /** Channels of one value head. */
    ChannelOrder value() {
        return ChannelOrder.padded(headDim, paddedDim);
    }

    static int kvHeads(Decoder decoder) {
        Attention first = decoder.layers().get(0).attention();
        return first.kvHeads();
    }
}
