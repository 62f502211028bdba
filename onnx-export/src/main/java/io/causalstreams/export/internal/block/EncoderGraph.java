package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.Norm;
import io.causalstreams.export.internal.encoder.Encoder;
import io.causalstreams.export.internal.encoder.EncoderLayer;
import io.causalstreams.export.internal.graph.Dimension;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.ChannelOrder;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import java.util.List;

/**
 * An encoder over packed tokens, see {@link Packing}.
 *
 * <pre>
 *   input_ids ──token table──┐
 *   positions ──position table──Add──norm──► x
 *   types ─────type table────┘                    row 0 of it where texts come alone
 *
 *   x ──qkv──padded──Split──MultiHeadAttention(lengths)──packed──output──┐
 *   └──────────────────────────────────────────────────────SkipLayerNorm──► x
 *   x ──up──activation──down──SkipLayerNorm(x)──► x
 * </pre>
 */
final class EncoderGraph {
    private final Arithmetic arithmetic;
    private final Packing packing;
    private final FeedForwardBlock feedForward;

    EncoderGraph(Arithmetic arithmetic, Packing packing) {
        this.arithmetic = arithmetic;
        this.packing = packing;
        this.feedForward = new FeedForwardBlock(arithmetic);
    }

    /**
     * Adds everything.
     *
     * @param pairs whether a text may be two, told apart by {@code token_type_ids} (tokens), which is declared then
     * @return (tokens, hidden)
     */
    Value add(Scope root, Encoder encoder, boolean pairs) {
        Value x = embedded(root.at("embedding"), encoder, pairs);
        for (int i = 0; i < encoder.layers().size(); i++) {
            EncoderLayer layer = encoder.layers().get(i);
            Scope scope = root.at("layers." + i);
            Value attended = attention(scope.at("attention"), x, layer);
            x = added(scope.at("after_attention"), x, attended, layer.attentionNorm());
            Value fed = feedForward.add(scope.at("feed_forward"), x, layer.feedForward());
            x = added(scope.at("after_feed_forward"), x, fed, layer.feedForwardNorm());
        }
        return x;
    }

    private Value embedded(Scope scope, Encoder encoder, boolean pairs) {
        Value tokens = arithmetic.embed(scope, packing.inputIds(), encoder.tokenTable());
        Scope position = scope.at("position");
        Value positions = position.apply(
                Operator.GATHER, "gather", table(position, encoder.positionTable()), packing.positions(position));
        Value x = scope.apply(Operator.ADD, "at_position", tokens, positions);
        Weight types = encoder.typeTable();
        if (types != null) {
            x = scope.apply(Operator.ADD, "of_type", x, type(scope.at("type"), types, pairs));
        }
        return Normalisation.add(scope.at("normalised"), x, encoder.embeddingNorm());
    }

    private static Value type(Scope scope, Weight types, boolean pairs) {
        if (!pairs || types.rows() == 1) {
            return table(scope, types.withRows(ChannelOrder.range(types.rows(), 0, 1)));
        }
        Value ids = scope.graph().input("token_type_ids", ElementType.INT64, Dimension.of("tokens"));
        return scope.apply(Operator.GATHER, "gather", table(scope, types), ids);
    }

    private static Value table(Scope scope, Weight table) {
        return scope.reals("weight", new long[] {table.rows(), table.columns()}, () -> WeightData.floats(table));
    }

    private Value attention(Scope scope, Value x, EncoderLayer layer) {
        long hidden = layer.query().outputs();
        Projection fused = Projection.stack(List.of(layer.query(), layer.key(), layer.value()));
        Value qkv = packing.padded(
                scope.at("qkv"), arithmetic.project(scope.at("qkv"), x, fused, Arithmetic.Role.QUERY_KEY_VALUE));
        List<Value> parts = scope.node(Operator.SPLIT, "split")
                .inputs(qkv, scope.graph().constant(hidden, hidden, hidden))
                .attribute("axis", -1)
                .outputs(3);
        Value heads = scope.node(Operator.MULTI_HEAD_ATTENTION, "attend")
                .inputs(parts.get(0), parts.get(1), parts.get(2))
                .omitted(1)
                .inputs(packing.lengths())
                .attribute("num_heads", layer.heads())
                .output();
        return arithmetic.project(
                scope.at("output"),
                packing.packed(scope, heads, hidden),
                layer.output(),
                Arithmetic.Role.ATTENTION_OUTPUT);
    }

    /** norm(x + branch), in one node. */
    private static Value added(Scope scope, Value x, Value branch, Norm norm) {
        return scope.node(Operator.SKIP_LAYER_NORMALIZATION, "norm")
                .inputs(x, branch)
                .inputs(Normalisation.parameters(scope, norm))
                .attribute("epsilon", (float) norm.epsilon())
                .output();
    }
}
