package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.graph.Dimension;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import java.util.List;

/**
 * The whole graph of {@code docs/graph-contract.md}.
 *
 * <pre>
 *   input_ids ──embedding──► x ──layers.0──► … ──layers.L-1──► x ──head──► logits[, best_logits, best_ids, log_sum_exp]
 *                                 ▲ │
 *              past_key_values.0.* ┘ └► present.0.*
 * </pre>
 */
public final class DecoderGraph {
    private final GraphBuilder graph;
    private final Decoder decoder;
    private final Arithmetic arithmetic;
    private final HeadLayout layout;

    public DecoderGraph(GraphBuilder graph, Decoder decoder, Arithmetic arithmetic) {
        this.graph = graph;
        this.decoder = decoder;
        this.arithmetic = arithmetic;
        this.layout = HeadLayout.of(decoder);
    }

    /** Channels of a head in the cache, padding included. */
    public int cacheHeadDim() {
        return layout.paddedDim();
    }

    /** Heads of the cache. */
    public int cacheHeads() {
        return HeadLayout.kvHeads(decoder);
    }

    /** The most heads of queries that a layer has. */
    public int heads() {
        return decoder.layers().stream()
                .mapToInt(layer -> layer.attention().heads())
                .max()
                .orElseThrow();
    }

    /** Adds everything. */
    public void add() {
        Dimension[] cache = {
            Dimension.of("batch"),
            Dimension.of(cacheHeads()),
            Dimension.of("slots_length"),
            Dimension.of(layout.paddedDim())
        };
        boolean lengths = decoder.shortPositions() < decoder.maxPositions();
        GraphInputs inputs = GraphInputs.declare(graph, decoder.layers().size(), lengths, cache);
        Scope root = Scope.root(graph);
        RotaryTables tables = new RotaryTables(root.at("rotary"), decoder.maxPositions(), layout);
        AttentionBlock attention = new AttentionBlock(arithmetic, inputs, tables, layout, null);
        FeedForwardBlock feedForward = new FeedForwardBlock(arithmetic);

        Value embedded = new EmbeddingBlock(arithmetic, inputs).add(root.at("embedding"), decoder);
        Value normalised = new DecoderLayers(attention, feedForward).add(root, embedded, decoder, attended -> {
            graph.output(attended.presentKey(), graph.reals(), cache);
            graph.output(attended.presentValue(), graph.reals(), cache);
        });
        Value logits = new HeadBlock(arithmetic, inputs).add(root.at("head"), normalised, decoder);
        Dimension rows = Dimension.of("rows");
        graph.output(logits, ElementType.FLOAT, rows, Dimension.of(decoder.vocabularySize()));
        if (graph.reals() != ElementType.FLOAT) { // of a device: ONNX Runtime computes every output, asked for or not
            List<Value> best = HeadBlock.best(root.at("head"), logits, decoder.vocabularySize());
            Dimension count = Dimension.of(Math.min(HeadBlock.BEST, decoder.vocabularySize()));
            graph.output(best.get(0), ElementType.FLOAT, rows, count);
            graph.output(best.get(1), ElementType.INT64, rows, count);
            graph.output(HeadBlock.logSumExp(root.at("head"), logits), ElementType.FLOAT, rows);
        }
    }
}
