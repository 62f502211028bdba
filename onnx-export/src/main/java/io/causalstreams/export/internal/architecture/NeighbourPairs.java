package io.causalstreams.export.internal.architecture;

import io.causalstreams.export.internal.weight.ChannelOrder;

/**
 * Heads whose rotary pairs are neighbours, channels 2i and 2i + 1 (GLM, Cohere, Ernie), instead of the halves that
 * {@link Rotary} describes.
 *
 * <p>q·k does not change when both are permuted in the same way, so that moving the rows of both projections is enough.
 */
final class NeighbourPairs {
    private NeighbourPairs() {}

    /** The same attention with its pairs in halves; it must have no norms of heads, whose weights would have to move too. */
    static Attention inHalves(Attention attention) {
        Rotary rotary = attention.rotary();
        if (rotary == null) {
            return attention;
        }
        int pairs = rotary.pairs();
        int[] sources = new int[attention.headDim()];
        for (int channel = 0; channel < sources.length; channel++) {
            int turning = channel < pairs ? 2 * channel : 2 * (channel - pairs) + 1;
            sources[channel] = channel < 2 * pairs ? turning : channel;
        }
        ChannelOrder order = ChannelOrder.of(sources.length, sources);
        return attention.withProjections(
                attention.query().withOutputs(order.repeated(attention.heads())),
                attention.key().withOutputs(order.repeated(attention.kvHeads())),
                attention.value(),
                attention.output());
    }
}
