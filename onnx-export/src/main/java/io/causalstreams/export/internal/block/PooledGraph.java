package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.encoder.Encoder;
import io.causalstreams.export.internal.encoder.ScoringHead;
import io.causalstreams.export.internal.graph.Dimension;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.pooling.SentenceModules;
import java.util.List;

/**
 * Graphs of whole texts, without a cache: {@code docs/graph-contract.md}, "Texts to vectors and scores".
 *
 * <pre>
 *   input_ids, lengths ──encoder or decoder──► (tokens, hidden) ──pooling──dense…──► embeddings (batch, dimensions)
 *                                                               └─scoring──► scores (batch, 1)
 * </pre>
 */
public final class PooledGraph {
    private final GraphBuilder graph;
    private final Arithmetic arithmetic;
    private final Scope root;
    private final Packing packing;

    public PooledGraph(GraphBuilder graph, Arithmetic arithmetic) {
        this.graph = graph;
        this.arithmetic = arithmetic;
        this.root = Scope.root(graph);
        this.packing = Packing.declare(graph, root.at("packing"));
    }

    /** A bidirectional encoder's vectors. */
    public void embed(Encoder encoder, SentenceModules modules) {
        pool(new EncoderGraph(arithmetic, packing).add(root, encoder, false), encoder.hiddenSize(), modules);
    }

    /** A decoder's vectors: its last norm's, not its head's. */
    public void embed(Decoder decoder, SentenceModules modules) {
        HeadLayout layout = HeadLayout.of(decoder);
        Scope attentionScope = root.at("attention");
        GraphInputs inputs = new GraphInputs(
                packing.inputIds(),
                attentionScope.apply(
                        Operator.SUB,
                        "seqlens_k",
                        packing.lengths(),
                        attentionScope
                                .node(Operator.CAST, "one")
                                .inputs(graph.scalar(1))
                                .attribute("to", ElementType.INT32.code())
                                .output()),
                packing.longest(attentionScope),
                packing.lastTokens(attentionScope),
                null,
                List.of(),
                List.of());
        RotaryTables tables = new RotaryTables(root.at("rotary"), decoder.maxPositions(), layout);
        AttentionBlock attention = new AttentionBlock(arithmetic, inputs, tables, layout, packing);
        Value embedded = new EmbeddingBlock(arithmetic, inputs).add(root.at("embedding"), decoder);
        Value hidden = new DecoderLayers(attention, new FeedForwardBlock(arithmetic))
                .add(root, embedded, decoder, result -> {});
        pool(hidden, decoder.hiddenSize(), modules);
    }

    /** An encoder's scores of pairs of texts. */
    public void score(Encoder encoder, ScoringHead head) {
        Value hidden = new EncoderGraph(arithmetic, packing).add(root, encoder, true);
        Value scores = new PoolingBlock(packing).score(root.at("scoring"), hidden, head);
        // its last node adds the bias, so it can be renamed
        graph.output(
                graph.rename(Casts.toSingle(root.at("scoring"), "single", scores), "scores"),
                ElementType.FLOAT,
                Dimension.of("batch"),
                Dimension.of(1));
    }

    private void pool(Value hidden, int size, SentenceModules modules) {
        Value vectors = new PoolingBlock(packing).embed(root, hidden, modules);
        graph.output(
                graph.rename(Casts.toSingle(root, "single", vectors), "embeddings"),
                ElementType.FLOAT,
                Dimension.of("batch"),
                Dimension.of(modules.dimensions(size)));
    }
}
