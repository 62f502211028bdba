package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import java.util.List;

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
    /** More than top-k is commonly asked for. */
    static final int BEST = 64;

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
        return graph.rename(Casts.toSingle(scope, "single", logits), "logits");
    }

    /**
     * The most likely tokens of each row: {@code best_logits} and {@code best_ids}, at most {@value #BEST} of them. A device's
     * logits can stay where they are when these say which token is next.
     */
    static List<Value> best(Scope scope, Value logits, int vocabulary) {
        GraphBuilder graph = scope.graph();
        List<Value> best = scope.node(Operator.TOP_K, "best")
                .inputs(logits, graph.constant(Math.min(BEST, vocabulary)))
                .attribute("axis", -1)
                .outputs(2);
        return List.of(graph.rename(best.get(0), "best_logits"), graph.rename(best.get(1), "best_ids"));
    }

    /** {@code log_sum_exp} (rows), fp32: logit − this is a token's log-probability, so that one needs no other logit. */
    static Value logSumExp(Scope scope, Value logits) {
        GraphBuilder graph = scope.graph();
        Value sum = scope.node(Operator.REDUCE_LOG_SUM_EXP, "log_sum_exp")
                .inputs(logits, graph.constant(-1))
                .attribute("keepdims", 0)
                .output();
        return graph.rename(sum, "log_sum_exp");
    }
}
