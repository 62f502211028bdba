package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.FeedForward;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Projection;
import java.util.List;

/**
 * The feed-forward branch.
 *
 * <pre>
 *   gated   x ──gate_up──Split──► gate ──activation──┐
 *                             └─► up ────────────────Mul──down──►
 *   plain   x ──up──activation──down──►
 *   experts see {@link ExpertsBlock}
 * </pre>
 *
 * Shapes: x (batch, sequence, hidden); result as x.
 */
final class FeedForwardBlock {
    private final Arithmetic arithmetic;

    FeedForwardBlock(Arithmetic arithmetic) {
        this.arithmetic = arithmetic;
    }

    Value add(Scope scope, Value x, FeedForward feedForward) {
        if (feedForward instanceof FeedForward.Gated gated) {
            return down(scope, gatedInner(scope, x, gated), gated.down());
        }
        if (feedForward instanceof FeedForward.Plain plain) {
            Value up = arithmetic.project(scope.at("up"), x, plain.up(), Arithmetic.Role.GATE_UP);
            return down(scope, ActivationBlock.add(scope, up, plain.activation()), plain.down());
        }
        return new ExpertsBlock(arithmetic, this).add(scope, x, (FeedForward.Experts) feedForward);
    }

    private Value gatedInner(Scope scope, Value x, FeedForward.Gated gated) {
        Projection fused = Projection.stack(List.of(gated.gate(), gated.up()));
        Value both = arithmetic.project(scope.at("gate_up"), x, fused, Arithmetic.Role.GATE_UP);
        List<Value> parts = scope.node(Operator.SPLIT, "split")
                .inputs(
                        both,
                        scope.graph()
                                .constant(gated.gate().outputs(), gated.up().outputs()))
                .attribute("axis", -1)
                .outputs(2);
        Value gate = ActivationBlock.add(scope, parts.get(0), gated.activation());
        return scope.apply(Operator.MUL, "gated", gate, parts.get(1));
    }

    private Value down(Scope scope, Value inner, Projection down) {
        return arithmetic.project(scope.at("down"), inner, down, Arithmetic.Role.DOWN);
    }
}
