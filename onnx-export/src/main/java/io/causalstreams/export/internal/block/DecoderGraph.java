package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.architecture.DecoderLayer;
import io.causalstreams.export.internal.architecture.Norm;
import io.causalstreams.export.internal.graph.Dimension;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import org.jspecify.annotations.Nullable;

/**
 * The whole graph of {@code docs/graph-contract.md}.
 *
 * <pre>
 *   input_ids ──embedding──► x ──layers.0──► … ──layers.L-1──► x ──head──► logits
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
        GraphInputs inputs = GraphInputs.declare(graph, decoder.layers().size(), cache);
        Scope root = Scope.root(graph);
        RotaryTables tables = new RotaryTables(root.at("rotary"), decoder.maxPositions(), layout);
        AttentionBlock attention = new AttentionBlock(arithmetic, inputs, tables, layout);
        FeedForwardBlock feedForward = new FeedForwardBlock(arithmetic);

        ResidualStream stream =
                new ResidualStream(new EmbeddingBlock(arithmetic, inputs).add(root.at("embedding"), decoder));
        for (int i = 0; i < decoder.layers().size(); i++) {
            DecoderLayer layer = decoder.layers().get(i);
            Scope scope = root.at("layers." + i);
            Value normalised = stream.normalised(scope.at("before_attention"), layer.beforeAttention());
            AttentionBlock.Result attended = attention.add(scope.at("attention"), normalised, layer.attention(), i);
            Value branch = after(scope.at("after_attention"), attended.output(), layer.afterAttention());
            if (layer.residual() == DecoderLayer.Residual.SEQUENTIAL) {
                stream.add(scope.at("after_attention"), branch);
            }
            Value second = stream.normalised(scope.at("before_feed_forward"), layer.beforeFeedForward());
            if (layer.residual() == DecoderLayer.Residual.PARALLEL) {
                stream.add(scope.at("after_attention"), branch);
            }
            Value fed = feedForward.add(scope.at("feed_forward"), second, layer.feedForward());
            stream.add(
                    scope.at("after_feed_forward"),
                    after(scope.at("after_feed_forward"), fed, layer.afterFeedForward()));
            graph.output(attended.presentKey(), ElementType.FLOAT, cache);
            graph.output(attended.presentValue(), ElementType.FLOAT, cache);
        }
        Value normalised = stream.normalised(root.at("final"), decoder.finalNorm());
        Value logits = new HeadBlock(arithmetic, inputs).add(root.at("head"), normalised, decoder);
        graph.output(logits, ElementType.FLOAT, Dimension.of("rows"), Dimension.of(decoder.vocabularySize()));
    }

    private static Value after(Scope scope, Value branch, @Nullable Norm norm) {
        return norm == null ? branch : Normalisation.add(scope, branch, norm);
    }
}
