package io.causalstreams.export.internal.architecture;

import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole decoder: what a family's class makes of a checkpoint, and what the blocks make a graph of.
 *
 * @param tokenTable (vocabulary, hidden)
 * @param embeddingScale factor on the rows of tokenTable
 * @param positionTable (positions, hidden) added to the embedding, or null
 * @param head (vocabulary, hidden); its weight is tokenTable itself where the two are tied
 * @param logitsSoftcap logits become softcap · tanh(logits / softcap); 0 = none
 * @param maxPositions positions that the model can distinguish
 */
public record Decoder(
        Weight tokenTable,
        double embeddingScale,
        @Nullable Weight positionTable,
        List<DecoderLayer> layers,
        Norm finalNorm,
        Projection head,
        double logitsSoftcap,
        int maxPositions) {
    public Decoder {
        layers = List.copyOf(layers);
    }

    public Decoder withLayers(List<DecoderLayer> layers) {
        return new Decoder(
                tokenTable, embeddingScale, positionTable, layers, finalNorm, head, logitsSoftcap, maxPositions);
    }

    Decoder withoutSoftcap() {
        return new Decoder(tokenTable, embeddingScale, positionTable, layers, finalNorm, head, 0, maxPositions);
    }

    /** Tokens up to which positions turn as in short sequences: all where there are no others ({@link Rotary#extended}). */
    public int shortPositions() {
        return layers.stream()
                .map(layer -> layer.attention().rotary())
                .filter(rotary -> rotary != null && rotary.extended() != null)
                .mapToInt(rotary -> rotary.extended().above())
                .findFirst()
                .orElse(maxPositions);
    }

    /** The same decoder for short sequences alone. */
    public Decoder ofShortSequences() {
        List<DecoderLayer> shortLayers =
                layers.stream().map(DecoderLayer::ofShortSequences).toList();
        return new Decoder(
                tokenTable,
                embeddingScale,
                positionTable,
                shortLayers,
                finalNorm,
                head,
                logitsSoftcap,
                shortPositions());
    }

    /** Whether positions choose experts, so that sizes inside a pass depend on what it computes. */
    public boolean hasExperts() {
        return layers.stream().anyMatch(layer -> layer.feedForward() instanceof FeedForward.Experts);
    }

    public int vocabularySize() {
        return head.outputs();
    }

    public int hiddenSize() {
        return tokenTable.columns();
    }

    /** Whether the head reads the very table of the embedding. */
    boolean tied() {
        return head.weight().equals(tokenTable);
    }
}
