package io.causalstreams.tuning.internal.graph;

import io.causalstreams.export.internal.adapter.LoraConfig;
import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.weight.Weight;
import io.causalstreams.tuning.internal.differentiation.Operations;
import io.causalstreams.tuning.internal.differentiation.Operations.Product;
import io.causalstreams.tuning.internal.differentiation.Tensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From vectors of some positions to the cross-entropy of the token after each.
 *
 * <pre>
 *   x ──norm──Gemm(table)──[soft cap]──SoftmaxCrossEntropyLoss(labels)──► loss
 * </pre>
 *
 * Shapes: x (n, hidden), labels (n), loss (n). Only positions before a token of a completion come here: the head is a fifth of a
 * small model, and most tokens of a batch belong to prompts.
 *
 * @param labels the next token of each position
 * @param table the head's weight, (vocabulary, hidden)
 */
public record HeadGraph(LayerGraph graph, Tensor labels, Tensor table) {

    public static HeadGraph draw(Decoder decoder) {
        LayerGraph graph =
                new LayerGraph(new Tensor("x", ElementType.FLOAT, List.of(Tensor.ANY, (long) decoder.hiddenSize())));
        Operations ops = new Operations(graph.forward(), "");
        Projections projections = new Projections(graph, new LoraConfig(1, 1, false, List.of("-")));
        Tensor x = Norms.add(ops.at("norm"), projections, graph.x(), decoder.finalNorm());
        Weight head = decoder.head().weight();
        Tensor table = ops.input("table", ElementType.FLOAT, head.rows(), head.columns());
        @Nullable Weight bias = decoder.head().bias();
        Tensor scores =
                ops.gemm("scores", Product.ROWS, x, table, bias == null ? null : projections.vector(ops, "bias", bias));
        Tensor labels = ops.input("labels", ElementType.INT64, Tensor.ANY);
        Tensor loss = ops.crossEntropy("loss", ops.softCapped("capped", scores, decoder.logitsSoftcap()), labels);
        graph.end(loss);
        return new HeadGraph(graph, labels, table);
    }

    /** Weights besides the table. */
    public Map<Tensor, Weight> frozen() {
        return graph.frozen();
    }
}
