package io.causalstreams.export.internal.encoder;

import io.causalstreams.export.internal.architecture.Norm;
import io.causalstreams.export.internal.weight.Weight;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bidirectional encoder: what a family's class makes of a checkpoint, and what the blocks make a graph of.
 *
 * @param tokenTable (vocabulary, hidden)
 * @param positionTable (positions, hidden), row 0 of the first token
 * @param typeTable (types, hidden) of token types, or null where there is only one that adds nothing
 * @param embeddingNorm of the sum of the three
 */
public record Encoder(
        Weight tokenTable,
        Weight positionTable,
        @Nullable Weight typeTable,
        Norm embeddingNorm,
        List<EncoderLayer> layers) {
    public Encoder {
        layers = List.copyOf(layers);
    }

    public int vocabularySize() {
        return tokenTable.rows();
    }

    public int hiddenSize() {
        return tokenTable.columns();
    }

    public int maxPositions() {
        return positionTable.rows();
    }
}
