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
 * A mixture of experts, each evaluated for the tokens that chose it.
 *
 * <pre>
 *   x ──router──► chosen, shares
 *       chosen ──TopK: sorted by expert──► order ──÷ chosen──► token of each row
 *       chosen ──ScatterElements(+1)──► rows of each expert
 *
 *   x ──Gather(token)──Split(rows of each expert)──expert 0──┐
 *                                                 ──expert 1──Concat──Gather(back)──· shares──ReduceSum──┐
 *                                                      …                                                 │
 *   x ──shared expert──[Mul(σ(gate(x)))]───────────────────────────────────── where there is one ───────Add──►
 * </pre>
 *
 * With n tokens of c chosen experts each, n·c rows go through experts, whatever their number. One that nobody chose gets no
 * row, and its nodes return at once. A token's shares are added in the order of its choice, so the other tokens of the pass
 * do not change its sum.
 *
 * Shapes: x (batch, sequence, hidden) or (tokens, hidden); rows (1, n·c, hidden); result as x.
 */
final class ExpertsBlock {
    private final Arithmetic arithmetic;
    private final RouterBlock router;
    private final GatedBlock expert;
    private final GatedBlock shared;

    ExpertsBlock(Arithmetic arithmetic) {
        this.arithmetic = arithmetic;
        this.router = new RouterBlock(arithmetic);
        this.expert = new GatedBlock(arithmetic, Arithmetic.Role.EXPERT_DOWN);
        this.shared = new GatedBlock(arithmetic);
    }

    Value add(Scope scope, Value x, FeedForward.Experts experts) {
        GraphBuilder graph = scope.graph();
        int chosen = experts.routing().chosen();
        int hidden = experts.routing().router().inputs();
        Value tokens = scope.apply(Operator.RESHAPE, "tokens", x, graph.constant(-1, hidden));
        RouterBlock.Choice choice = router.add(scope.at("router"), tokens, experts.routing());

        Dispatch dispatch = Dispatch.add(
                scope.at("dispatch"), choice.chosen(), chosen, experts.experts().size());
        Value rows = scope.apply(
                Operator.UNSQUEEZE,
                "rows",
                scope.apply(Operator.GATHER, "row_tokens", tokens, dispatch.tokens()),
                graph.constant(0));
        Value outputs = evaluated(scope, rows, dispatch.counts(), experts.experts());
        Value byToken = scope.apply(
                Operator.RESHAPE,
                "by_token",
                scope.node(Operator.GATHER, "back")
                        .inputs(outputs, dispatch.back())
                        .attribute("axis", 1)
                        .output(),
                graph.constant(-1, chosen, hidden));
        Value shares = scope.apply(Operator.UNSQUEEZE, "shares", choice.shares(), graph.constant(-1));
        Value sum = scope.node(Operator.REDUCE_SUM, "sum")
                .inputs(scope.apply(Operator.MUL, "shared_out", byToken, shares), graph.constant(1))
                .attribute("keepdims", 0)
                .output();
        Value result = scope.apply(Operator.RESHAPE, "as_x", sum, scope.apply(Operator.SHAPE, "shape", x));
        return experts.shared() == null
                ? result
                : scope.apply(Operator.ADD, "with_shared", result, shared(scope.at("shared"), x, experts.shared()));
    }

    private Value evaluated(Scope scope, Value rows, Value counts, List<FeedForward.Gated> experts) {
        List<Value> parts = scope.node(Operator.SPLIT, "split")
                .inputs(rows, counts)
                .attribute("axis", 1)
                .outputs(experts.size());
        List<Value> outputs = new ArrayList<>();
        for (int e = 0; e < experts.size(); e++) {
            outputs.add(expert.add(scope.at("experts." + e), parts.get(e), experts.get(e)));
        }
        return scope.node(Operator.CONCAT, "outputs")
                .inputs(outputs.toArray(Value[]::new))
                .attribute("axis", 1)
                .output();
    }

    private Value shared(Scope scope, Value x, FeedForward.SharedExpert shared) {
        Value output = this.shared.add(scope, x, shared.expert());
        Projection gate = shared.gate();
        if (gate == null) {
            return output;
        }
        Value score = arithmetic.project(scope.at("share"), x, gate, Arithmetic.Role.ROUTER);
        return scope.apply(Operator.MUL, "shared", output, scope.apply(Operator.SIGMOID, "share", score));
    }

    /**
     * Rows sorted by expert, and by token within one.
     *
     * @param tokens (rows), int64: the token of each row
     * @param counts (experts), int64: rows of each expert
     * @param back (rows), int64: the row of each token's first choice, its second, …
     */
    private record Dispatch(Value tokens, Value counts, Value back) {

        static Dispatch add(Scope scope, Value choice, int chosen, int experts) {
            GraphBuilder graph = scope.graph();
            Value flat = scope.apply(Operator.RESHAPE, "flat", choice, graph.constant(-1));
            Value size = scope.apply(Operator.SHAPE, "size", flat);
            Value order = sortedPlaces(scope, "order", flat, size);
            Value ones = scope.apply(Operator.EXPAND, "ones", graph.scalar(1), size);
            Value counts = scope.node(Operator.SCATTER_ELEMENTS, "counts")
                    .inputs(graph.constant(new long[experts]), flat, ones)
                    .attribute("axis", 0)
                    .attribute("reduction", "add")
                    .output();
            return new Dispatch(
                    scope.apply(Operator.DIV, "tokens", order, graph.scalar(chosen)),
                    counts,
                    sortedPlaces(scope, "back", order, size));
        }

        /** Where the smallest element is, the next one, …; of equal ones the first comes first, as TopK is defined. */
        private static Value sortedPlaces(Scope scope, String name, Value elements, Value size) {
            return scope.node(Operator.TOP_K, name)
                    .inputs(elements, size)
                    .attribute("largest", 0)
                    .outputs(2)
                    .get(1);
        }
    }
}
