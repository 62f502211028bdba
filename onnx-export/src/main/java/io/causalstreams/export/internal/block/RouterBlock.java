package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.Routing;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import java.util.List;

/**
 * Chooses experts for every token.
 *
 * <pre>
 *   x ──router──[Cast]──Softmax or Sigmoid──► scores ──[Add correction]──[best groups]──TopK──► chosen
 *                                               └──GatherElements(chosen)──[÷ sum]──[· scale]──[Cast]──► shares
 * </pre>
 *
 * Behind the router's product everything is fp32 until the shares are known, in graphs of half precision by the two casts, as
 * transformers computes it: a correction may be hundreds of times as large as what scores differ by, and rounded to half precision
 * with it they are all equal.
 *
 * <p>Without a correction and groups the chosen scores are what TopK gives. Shapes: x (tokens, hidden); scores (tokens, experts).
 */
final class RouterBlock {
    /** Added to the sum of shares, as DeepSeek-V3 has it. */
    private static final float LITTLE = 1e-20f;

    private final Arithmetic arithmetic;

    RouterBlock(Arithmetic arithmetic) {
        this.arithmetic = arithmetic;
    }

    Choice add(Scope scope, Value x, Routing routing) {
        Value product = arithmetic.project(scope, x, routing.router(), Arithmetic.Role.ROUTER);
        Value logits = Casts.toSingle(scope, "logits", product);
        Value scores = scores(scope, logits, routing);
        Value ranked = ranked(scope, scores, routing);
        List<Value> best = best(scope, "chosen", ranked, routing.chosen());
        Value shares = ranked == scores ? best.get(0) : gathered(scope, "shares", scores, best.get(1));
        if (routing.normalised()) {
            Value sum = sum(scope, "sum", shares);
            shares = scope.apply(Operator.DIV, "normalised", shares, notZero(scope, sum, routing));
        }
        if (routing.scale() != 1) {
            Value scale = scope.graph().singleScalar((float) routing.scale());
            shares = scope.apply(Operator.MUL, "scaled", shares, scale);
        }
        return new Choice(best.get(1), Casts.toReals(scope, "shares_real", shares));
    }

    private static Value scores(Scope scope, Value logits, Routing routing) {
        return switch (routing.score()) {
            case SOFTMAX ->
                scope.node(Operator.SOFTMAX, "softmax")
                        .inputs(logits)
                        .attribute("axis", -1)
                        .output();
            case SIGMOID -> scope.apply(Operator.SIGMOID, "sigmoid", logits);
        };
    }

    /** What the choice is by: scores with their correction, those outside of the best groups lowered below all others. */
    private static Value ranked(Scope scope, Value scores, Routing routing) {
        Value ranked = scores;
        if (routing.correction() != null) {
            ranked = scope.apply(
                    Operator.ADD, "corrected", scores, Vectors.addSingle(scope, "correction", routing.correction()));
        }
        return routing.groups() == null ? ranked : withinGroups(scope, ranked, routing, routing.groups());
    }

    private static Value withinGroups(Scope scope, Value ranked, Routing routing, Routing.Groups groups) {
        GraphBuilder graph = scope.graph();
        int size = routing.experts() / groups.count();
        Value byGroup = scope.apply(Operator.RESHAPE, "by_group", ranked, graph.constant(-1, groups.count(), size));
        Value members = best(scope, "members", byGroup, groups.scored()).get(0);
        Value scores = scope.node(Operator.REDUCE_SUM, "group_scores")
                .inputs(members, graph.constant(-1))
                .attribute("keepdims", 0)
                .output();
        Value chosen = best(scope, "groups", scores, groups.chosen()).get(1);
        Value none = scope.apply(Operator.MUL, "no_groups", scores, graph.singleScalar(0f));
        Value ones = scope.apply(Operator.ADD, "all_groups", none, graph.singleScalar(1f));
        Value kept = scope.node(Operator.SCATTER_ELEMENTS, "kept_groups")
                .inputs(none, chosen, gathered(scope, "kept", ones, chosen))
                .attribute("axis", -1)
                .output();
        Value lowered = scope.apply(
                Operator.MUL,
                "lowered",
                scope.apply(Operator.SUB, "left_groups", ones, kept),
                graph.singleScalar(Routing.Groups.LOWEST));
        Value byExpert = scope.apply(
                Operator.ADD,
                "within_groups",
                byGroup,
                scope.apply(Operator.UNSQUEEZE, "lowered_by_group", lowered, graph.constant(-1)));
        return scope.apply(Operator.RESHAPE, "ranked", byExpert, graph.constant(-1, routing.experts()));
    }

    private static List<Value> best(Scope scope, String name, Value scores, int count) {
        return scope.node(Operator.TOP_K, name)
                .inputs(scores, scope.graph().constant(count))
                .attribute("axis", -1)
                .outputs(2);
    }

    private static Value gathered(Scope scope, String name, Value x, Value indices) {
        return scope.node(Operator.GATHER_ELEMENTS, name)
                .inputs(x, indices)
                .attribute("axis", -1)
                .output();
    }

    private static Value sum(Scope scope, String name, Value shares) {
        return scope.apply(Operator.REDUCE_SUM, name, shares, scope.graph().constant(-1));
    }

    /** A sum of probabilities is above zero, that of sigmoids need not be. */
    private static Value notZero(Scope scope, Value sum, Routing routing) {
        return routing.score() == Routing.Score.SOFTMAX
                ? sum
                : scope.apply(Operator.ADD, "sum_not_zero", sum, scope.graph().singleScalar(LITTLE));
    }

    /**
     * The experts of each token.
     *
     * @param chosen (tokens, chosen), int64
     * @param shares (tokens, chosen), of the type that the graph computes in
     */
    record Choice(Value chosen, Value shares) {}
}
