package io.causalstreams.tuning.internal.graph;

import io.causalstreams.export.internal.architecture.Attention;
import io.causalstreams.export.internal.architecture.Norm;
import io.causalstreams.export.internal.architecture.Rotary;
import io.causalstreams.export.internal.architecture.UnsupportedModelException;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.tuning.internal.differentiation.Operations;
import io.causalstreams.tuning.internal.differentiation.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Self-attention over whole rows, in operators that have gradients.
 *
 * <pre>
 *   x ──query──Reshape──[norm]──Transpose──[rotary]──Mul(scale)──► q  (rows, kvHeads, group · length, channels)
 *   x ──key────Reshape──[norm]──Transpose──[rotary]──────────────► k  (rows, kvHeads, length, channels)
 *   x ──value──Reshape──────────Transpose────────────────────────► v  as k
 *
 *   q ──MatMul(kᵀ)──[soft cap]──Add(mask)──Softmax──MatMul(v)──Transpose──output──►
 * </pre>
 *
 * The heads of a group lie one below the other in q: keys and values are not repeated, and a group is one product.
 */
final class AttentionGraph {
    private final LayerGraph graph;
    private final Projections projections;
    private final BatchShape shape;

    AttentionGraph(LayerGraph graph, Projections projections, BatchShape shape) {
        this.graph = graph;
        this.projections = projections;
        this.shape = shape;
    }

    /** Shapes: x (tokens, hidden); result as x. */
    Tensor add(Operations ops, Tensor x, Attention attention) {
        if (attention.sinks() != null) {
            throw new UnsupportedModelException(
                    "attention with sinks cannot be trained yet; tune a model without them");
        }
        if (attention.latent() != null) {
            throw new UnsupportedModelException(
                    "latent attention (DeepSeek) cannot be trained yet; tune a model without it");
        }
        int heads = attention.heads();
        int kvHeads = attention.kvHeads();
        long channels = attention.headDim();
        long length = shape.length();
        Tensor q = heads(ops.at("query"), x, attention.query(), attention, heads, attention.queryNorm(), true);
        Tensor k = heads(ops.at("key"), x, attention.key(), attention, kvHeads, attention.keyNorm(), true);
        Tensor v = heads(ops.at("value"), x, attention.value(), attention, kvHeads, null, false);

        List<Long> grouped = List.of((long) shape.rows(), (long) kvHeads, heads / kvHeads * length, channels);
        Tensor queries = ops.reshape("grouped", ops.scaled("scaled", q, attention.scale()), grouped);
        Tensor products = ops.matMul("products", queries, ops.lastTwoExchanged("keys", k));
        Tensor scores = ops.reshape("scores", products, List.of((long) shape.rows(), (long) heads, length, length));
        Tensor masked =
                ops.add("masked", ops.softCapped("capped", scores, attention.softcap()), mask(attention.window()));
        Tensor shares = ops.reshape("shares", ops.softmax("softmax", masked), products.shape());
        Tensor values = ops.reshape("by_head", ops.matMul("values", shares, v), q.shape());
        Tensor together = ops.rows("together", ops.transpose("by_token", values, 0, 2, 1, 3), heads * channels);
        return projections.add(ops.at("output"), together, attention.output());
    }

    /** Result (rows, heads, length, channels). */
    private Tensor heads(
            Operations ops,
            Tensor x,
            Projection projection,
            Attention attention,
            int heads,
            @Nullable Norm norm,
            boolean turns) {
        List<Long> byHead =
                List.of((long) shape.rows(), (long) shape.length(), (long) heads, (long) attention.headDim());
        Tensor all = projections.add(ops, x, projection);
        boolean together = norm != null && norm.size() != attention.headDim();
        if (norm != null && attention.normsTurned() && together) {
            throw new UnsupportedModelException("norms of all turned heads together cannot be trained yet");
        }
        if (together) {
            all = Norms.add(ops.at("norm"), projections, all, norm);
        }
        Tensor split = ops.reshape("split", all, byHead);
        if (norm != null && !together && !attention.normsTurned()) {
            split = Norms.add(ops.at("norm"), projections, split, norm);
        }
        Tensor result = ops.transpose("heads", split, 0, 2, 1, 3);
        if (turns && attention.rotary() != null) {
            result = rotary(ops, result, attention.rotary());
        }
        return norm != null && attention.normsTurned() ? Norms.add(ops.at("norm"), projections, result, norm) : result;
    }

    private Tensor rotary(Operations ops, Tensor x, Rotary rotary) {
        Operations shared = new Operations(ops.to(), "");
        Tensor cos = shared.input("cos", ElementType.FLOAT, shape.length(), rotary.pairs());
        Tensor sin = shared.input("sin", ElementType.FLOAT, shape.length(), rotary.pairs());
        graph.cos().put(cos, rotary);
        graph.sin().put(sin, rotary);
        Tensor positions = graph.positions(shared.input("positions", ElementType.INT64, shape.rows(), shape.length()));
        return ops.rotary("turned", x, positions, cos, sin);
    }

    private Tensor mask(int window) {
        Tensor mask = new Operations(graph.forward(), "")
                .input("mask", ElementType.FLOAT, shape.rows(), 1, shape.length(), shape.length());
        graph.masks().put(mask, window);
        return mask;
    }
}
