package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;

/**
 * Vectors to logits, for the positions that the caller asks for: the head is a fifth of a small model.
 *
 * <pre>
 *   x ──Reshape(-1, hidden)──Gather(logits_positions)──head──[Div, Tanh, Mul: soft cap]──► logits
 * </pre>
 *
 * Shapes: x (batch, sequence, hidden); result (rows, vocabulary), fp32 whatever the graph computes in.
 */
final class HeadBlock {
    private final Arithmetic arithmetic;
    private final GraphInputs inputs;

    HeadBlock(Arithmetic arithmetic, GraphInputs inputs) {
        this.arithmetic = arithmetic;
        this.inputs = inputs;
    }

    Value add(Scope scope, Value x, Decoder decoder) {
        GraphBuilder graph = scope.graph();
        Value flat = scope.apply(Operator.RESHAPE, "flat", x, graph.constant(-1, decoder.hiddenSize()));
        Value rows = scope.apply(Operator.GATHER, "rows", flat, inputs.logitsPositions());
        Value logits = arithmetic.head(scope, rows, decoder.head());
        if (decoder.logitsSoftcap() != 0) {
            Value cap = graph.scalar((float) decoder.logitsSoftcap());
            Value bounded = scope.apply(Operator.TANH, "bounded", scope.apply(Operator.DIV, "divided", logits, cap));
            logits = scope.apply(Operator.MUL, "capped", bounded, cap);
        }
        if (graph.reals() != ElementType.FLOAT) {
            logits = scope.node(Operator.CAST, "single")
                    .inputs(logits)
                    .attribute("to", ElementType.FLOAT.code())
                    .output();
        }
        return graph.rename(logits, "logits");
    }
}
