package io.causalstreams.tuning.internal.graph;

import io.causalstreams.export.internal.adapter.LoraConfig;
import io.causalstreams.export.internal.architecture.DecoderLayer;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.tuning.internal.differentiation.Operations;
import io.causalstreams.tuning.internal.differentiation.Tensor;
import java.util.List;

/** Draws layers from their description, the one that the exporter draws the inference graph from. */
public final class LayerGraphs {
    private LayerGraphs() {}

    /**
     * One layer.
     *
     * @throws io.causalstreams.export.internal.architecture.UnsupportedModelException if a part of it has no gradient
     */
    public static LayerGraph draw(DecoderLayer layer, int hidden, LoraConfig lora, BatchShape shape) {
        LayerGraph graph =
                new LayerGraph(new Tensor("x", ElementType.FLOAT, List.of((long) shape.tokens(), (long) hidden)));
        Operations ops = new Operations(graph.forward(), "");
        Projections projections = new Projections(graph, lora);
        AttentionGraph attention = new AttentionGraph(graph, projections, shape);
        FeedForwardGraph feedForward = new FeedForwardGraph(projections);

        Tensor x = graph.x();
        Tensor first = Norms.add(ops.at("before_attention"), projections, x, layer.beforeAttention());
        Tensor attended = attention.add(ops.at("attention"), first, layer.attention());
        Tensor branch = Norms.add(ops.at("after_attention"), projections, attended, layer.afterAttention());
        Tensor between = ops.add("after_attention/residual", x, branch);
        Tensor read = layer.residual() == DecoderLayer.Residual.PARALLEL ? x : between;
        Tensor second = Norms.add(ops.at("before_feed_forward"), projections, read, layer.beforeFeedForward());
        Tensor fed = feedForward.add(ops.at("feed_forward"), second, layer.feedForward());
        Tensor last = Norms.add(ops.at("after_feed_forward"), projections, fed, layer.afterFeedForward());
        graph.end(ops.add("y", between, last));
        return graph;
    }
}
