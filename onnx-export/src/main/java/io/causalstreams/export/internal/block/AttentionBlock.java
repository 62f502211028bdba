package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.Attention;
import io.causalstreams.export.internal.architecture.LatentInputs;
import io.causalstreams.export.internal.architecture.Norm;
import io.causalstreams.export.internal.architecture.Rotary;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.NodeBuilder;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.ChannelOrder;
import io.causalstreams.export.internal.weight.Projection;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Self-attention over the KV cache.
 *
 * <pre>
 *   x ──qkv──► (q k v) ──GroupQueryAttention──► heads ──output──►
 *                          ▲ │    past key, value; lengths; cos, sin
 *                          │ └──► present key, value (appended in place)
 *
 *   with q/k norms:  qkv ──Split──► q ──norm──┐
 *                                   k ──norm──GroupQueryAttention
 *                                   v ────────┘
 *
 *   of latent vectors:
 *               x ──query down──norm──query──► q         x itself, where queries have no latent vector
 *               x ──down──norm──┐
 *               x ──passed──────Concat──key────► k
 *                                     └─value──► v
 *
 *   where long sequences have positions of their own, rows of the tables are given: position + long_context · short positions
 *
 *   where the norms see turned heads, RotaryEmbedding stands before them, and the attention turns nothing
 *
 *   heads = softmax(mask(cap(scale · rot(q)·rot(k)ᵀ))) · v
 * </pre>
 *
 * The scale is part of the query's weights, or of its norm's, and 1 in the node: only then does ONNX Runtime 1.29 take its
 * matrix-vector kernel for q·kᵀ, and a decode step's attention takes a quarter to a half less time.
 *
 * Nor may it take its flash kernel, which costs a decode step up to half more attention time (rows of different lengths go
 * through it one by one) and gains nothing in prefill. A sink leaves the flash kernel out: one more logit in the softmax of
 * each head, so low that its share is 0. Price: the probabilities of a pass, (batch, heads, sequence, slots_length) in fp32,
 * are in memory at once. Graphs of half precision are for devices, where the flash kernel is the one to take.
 *
 * Shapes: x (batch, sequence, hidden); qkv (batch, sequence, (heads + 2·kvHeads) · paddedDim); result as x.
 */
final class AttentionBlock {
    /** exp(this - any other logit) is 0. */
    private static final float NO_SINK = -1e9f;

    private final Arithmetic arithmetic;
    private final GraphInputs inputs;
    private final RotaryTables tables;
    private final HeadLayout layout;
    private final @Nullable Packing packing;

    /** @param packing of x, where it is packed tokens, which come without a cache; else null */
    AttentionBlock(
            Arithmetic arithmetic,
            GraphInputs inputs,
            RotaryTables tables,
            HeadLayout layout,
            @Nullable Packing packing) {
        this.arithmetic = arithmetic;
        this.inputs = inputs;
        this.tables = tables;
        this.layout = layout;
        this.packing = packing;
    }

    /** Adds the attention of layer {@code index}. */
    Result add(Scope scope, Value x, Attention described, int index) {
        Attention attention = described.scaledInQueries();
        NodeBuilder node = scope.node(Operator.GROUP_QUERY_ATTENTION, "attend");
        LatentInputs latent = attention.latent();
        if (latent != null) {
            node.inputs(ofLatent(scope, x, attention, latent));
        } else {
            addOfStream(node, scope, x, attention);
        }
        if (packing == null) {
            node.inputs(inputs.pastKeys().get(index), inputs.pastValues().get(index));
        } else {
            node.omitted(2);
        }
        node.inputs(inputs.seqlensK(), inputs.totalSequenceLength())
                .attribute("num_heads", attention.heads())
                .attribute("kv_num_heads", attention.kvHeads())
                .attribute("scale", (float) attention.scale());
        if (attention.rotary() != null && !attention.normsTurned()) {
            RotaryTables.Pair table = tables.of(attention.rotary());
            node.inputs(table.cos(), table.sin()).attribute("do_rotary", 1);
        } else {
            node.omitted(2);
        }
        if (attention.rotary() != null && attention.rotary().extended() != null && inputs.longContext() != null) {
            node.inputs(tableRows(scope.at("position"), attention.rotary().extended(), inputs.longContext()));
        } else {
            node.omitted(1);
        }
        if (attention.sinks() != null || scope.graph().reals() == ElementType.FLOAT) {
            node.omitted(1).inputs(sinks(scope, attention));
        }
        if (attention.softcap() != 0) {
            node.attribute("softcap", (float) attention.softcap());
        }
        if (attention.window() != 0) {
            node.attribute("local_window_size", attention.window());
        }
        List<Value> outputs =
                node.outputs(scope + "/attend", "present." + index + ".key", "present." + index + ".value");

        Value heads = outputs.get(0);
        if (packing != null) {
            heads = packing.packed(scope, heads, (long) attention.heads() * layout.paddedDim());
        }
        Projection output = attention.output().withInputs(layout.value().repeated(attention.heads()));
        Value result = arithmetic.project(scope.at("output"), heads, output, Arithmetic.Role.ATTENTION_OUTPUT);
        return new Result(result, outputs.get(1), outputs.get(2));
    }

    /** Where the positions of each token stand in tables that hold those of long sequences behind those of short ones. */
    private Value tableRows(Scope scope, Rotary.Extended extended, Value longContext) {
        GraphBuilder graph = scope.graph();
        Value first = scope.apply(Operator.MUL, "first_row", longContext, graph.scalar((long) extended.above()));
        Value byRow = scope.apply(Operator.UNSQUEEZE, "first_row_by_row", first, graph.constant(1));
        return scope.apply(Operator.ADD, "table_rows", PositionIds.add(scope, inputs), byRow);
    }

    /** Queries, keys and values of x, of one product; as one input where no norm is between. */
    private void addOfStream(NodeBuilder node, Scope scope, Value x, Attention attention) {
        ChannelOrder queryKey = layout.queryKey(attention.rotary());
        Projection fused = Projection.stack(List.of(
                attention.query().withOutputs(queryKey.repeated(attention.heads())),
                attention.key().withOutputs(queryKey.repeated(attention.kvHeads())),
                attention.value().withOutputs(layout.value().repeated(attention.kvHeads()))));
        Value qkv = arithmetic.project(scope.at("qkv"), x, fused, Arithmetic.Role.QUERY_KEY_VALUE);
        if (packing != null) {
            qkv = packing.padded(scope.at("qkv"), qkv);
        }
        if (attention.queryNorm() == null || attention.keyNorm() == null) {
            node.inputs(qkv).omitted(2);
        } else {
            node.inputs(split(scope, qkv, attention, attention.queryNorm(), attention.keyNorm()));
        }
    }

    private Value[] ofLatent(Scope scope, Value x, Attention attention, LatentInputs latent) {
        ChannelOrder queryKey = layout.queryKey(attention.rotary());
        Value queryInput = latent.query() == null ? x : lowRank(scope.at("query_latent"), x, latent.query());
        Value keyValueInput = scope.node(Operator.CONCAT, "latent")
                .inputs(
                        lowRank(scope.at("key_value_latent"), x, latent.keyValue()),
                        arithmetic.project(scope.at("passed"), x, latent.passed(), Arithmetic.Role.QUERY_KEY_VALUE))
                .attribute("axis", -1)
                .output();
        Value[] inputs = {
            arithmetic.project(
                    scope.at("query"),
                    queryInput,
                    attention.query().withOutputs(queryKey.repeated(attention.heads())),
                    latent.query() == null ? Arithmetic.Role.QUERY_KEY_VALUE : Arithmetic.Role.OF_LATENT),
            arithmetic.project(
                    scope.at("key"),
                    keyValueInput,
                    attention.key().withOutputs(queryKey.repeated(attention.kvHeads())),
                    Arithmetic.Role.OF_LATENT),
            arithmetic.project(
                    scope.at("value"),
                    keyValueInput,
                    attention.value().withOutputs(layout.value().repeated(attention.kvHeads())),
                    Arithmetic.Role.OF_LATENT)
        };
        if (packing != null) {
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = packing.padded(scope.at("padded." + i), inputs[i]);
            }
        }
        return inputs;
    }

    private Value lowRank(Scope scope, Value x, LatentInputs.LowRank lowRank) {
        Value down = arithmetic.project(scope.at("down"), x, lowRank.down(), Arithmetic.Role.QUERY_KEY_VALUE);
        return Normalisation.add(scope, down, lowRank.norm());
    }

    private static Value sinks(Scope scope, Attention attention) {
        if (attention.sinks() != null) {
            return Vectors.add(scope, "sinks", attention.sinks());
        }
        float[] sinks = new float[attention.heads()];
        Arrays.fill(sinks, NO_SINK);
        return scope.graph().floats(sinks);
    }

    private Value[] split(Scope scope, Value qkv, Attention attention, Norm queryNorm, Norm keyNorm) {
        long query = (long) attention.heads() * layout.paddedDim();
        long keyValue = (long) attention.kvHeads() * layout.paddedDim();
        List<Value> parts = scope.node(Operator.SPLIT, "split")
                .inputs(qkv, scope.graph().constant(query, keyValue, keyValue))
                .attribute("axis", -1)
                .outputs(3);
        Value q = turned(scope.at("query_rotary"), parts.get(0), attention, attention.heads());
        Value k = turned(scope.at("key_rotary"), parts.get(1), attention, attention.kvHeads());
        return new Value[] {
            HeadNorm.add(scope.at("query_norm"), q, queryNorm, attention, attention.heads(), layout),
            HeadNorm.add(scope.at("key_norm"), k, keyNorm, attention, attention.kvHeads(), layout),
            parts.get(2)
        };
    }

    /** Heads turned before their norms; elsewhere the attention turns them. */
    private Value turned(Scope scope, Value x, Attention attention, int heads) {
        if (attention.rotary() == null || !attention.normsTurned()) {
            return x;
        }
        RotaryTables.Pair table = tables.of(attention.rotary());
        return scope.node(Operator.ROTARY_EMBEDDING, "turn")
                .inputs(x, PositionIds.add(scope.at("position"), inputs), table.cos(), table.sin())
                .attribute("num_heads", heads)
                .output();
    }

    /** The branch's result, and the cache after it. */
    record Result(Value output, Value presentKey, Value presentValue) {}
}
