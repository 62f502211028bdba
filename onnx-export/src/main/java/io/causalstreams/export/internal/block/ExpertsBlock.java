package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.FeedForward;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Projection;
import java.util.ArrayList;
import java.util.List;

/**
 * A mixture of experts, evaluated densely: every expert sees every position, and those that the router did not choose count
 * zero times. Right for any routing; the work is that of all experts.
 *
 * <pre>
 *   x ──router──Softmax──TopK──[÷ sum]──ScatterElements──Split──► share of each expert
 *   x ──expert e──Mul(share e)──┐
 *   x ──shared expert──Mul(σ(gate(x)))──Sum──►      where there is one
 * </pre>
 *
 * Shapes: x (batch, sequence, hidden); shares (batch, sequence, experts); result as x.
 */
final class ExpertsBlock {
    private final Arithmetic arithmetic;
    private final GatedBlock expert;

    ExpertsBlock(Arithmetic arithmetic) {
        this.arithmetic = arithmetic;
        this.expert = new GatedBlock(arithmetic);
    }

    Value add(Scope scope, Value x, FeedForward.Experts experts) {
        List<Value> shares = shares(scope.at("router"), x, experts);
        List<Value> outputs = new ArrayList<>();
        for (int e = 0; e < shares.size(); e++) {
            Scope at = scope.at("experts." + e);
            Value output = expert.add(at, x, experts.experts().get(e));
            outputs.add(at.apply(Operator.MUL, "share", output, shares.get(e)));
        }
        if (experts.shared() != null) {
            outputs.add(shared(scope.at("shared"), x, experts.shared()));
        }
        return scope.apply(Operator.SUM, "sum", outputs.toArray(Value[]::new));
    }

    private Value shared(Scope scope, Value x, FeedForward.SharedExpert shared) {
        Value output = expert.add(scope, x, shared.expert());
        Projection gate = shared.gate();
        if (gate == null) {
            return output;
        }
        Value score = arithmetic.project(scope.at("share"), x, gate, Arithmetic.Role.ROUTER);
        return scope.apply(Operator.MUL, "shared", output, scope.apply(Operator.SIGMOID, "share", score));
    }

    /** One value of shape (batch, sequence, 1) for every expert. */
    private List<Value> shares(Scope scope, Value x, FeedForward.Experts experts) {
        GraphBuilder graph = scope.graph();
        int count = experts.experts().size();
        Value scores = arithmetic.project(scope, x, experts.router(), Arithmetic.Role.ROUTER);
        Value probabilities = scope.node(Operator.SOFTMAX, "softmax")
                .inputs(scores)
                .attribute("axis", -1)
                .output();
        List<Value> chosen = scope.node(Operator.TOP_K, "chosen")
                .inputs(probabilities, graph.constant(experts.chosen()))
                .attribute("axis", -1)
                .outputs(2);
        Value share = chosen.get(0);
        if (experts.normalised()) {
            Value sum = scope.apply(Operator.REDUCE_SUM, "sum", share, graph.constant(-1));
            share = scope.apply(Operator.DIV, "normalised", share, sum);
        }
        Value none = scope.apply(Operator.MUL, "none", probabilities, graph.scalar(0f));
        Value all = scope.node(Operator.SCATTER_ELEMENTS, "shares")
                .inputs(none, chosen.get(1), share)
                .attribute("axis", -1)
                .output();
        return scope.node(Operator.SPLIT, "split")
                .inputs(all)
                .attribute("axis", -1)
                .attribute("num_outputs", count)
                .outputs(count);
    }
}
