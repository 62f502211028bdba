package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.FeedForward;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Projection;

/**
 * The feed-forward branch.
 *
 * <pre>
 *   gated   x ──gate──activation──┐
 *           x ──up────────────────Mul──down──►      gate and up cut off where there is a limit
 *   plain   x ──up──activation──down──►
 *   experts see {@link ExpertsBlock}
 * </pre>
 *
 * Gate and up are products of their own: one product of both would have to be split again, which takes longer than it saves.
 * Nodes in front of both that are the same (int8 rounds x in one) become one when ONNX Runtime loads the graph.
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
        Value gate = arithmetic.project(scope.at("gate"), x, gated.gate(), Arithmetic.Role.GATE_UP);
        Value up = arithmetic.project(scope.at("up"), x, gated.up(), Arithmetic.Role.GATE_UP);
        if (gated.limit() != 0) {
            Value limit = scope.graph().scalar((float) gated.limit());
            Value low = scope.graph().scalar((float) -gated.limit());
            gate = scope.apply(Operator.MIN, "gate_cut", gate, limit);
            up = scope.apply(Operator.CLIP, "up_cut", up, low, limit);
            up = scope.apply(Operator.ADD, "up_and_one", up, scope.graph().scalar(1f));
        }
        return scope.apply(Operator.MUL, "gated", ActivationBlock.add(scope, gate, gated.activation()), up);
    }

    private Value down(Scope scope, Value inner, Projection down) {
        return arithmetic.project(scope.at("down"), inner, down, Arithmetic.Role.DOWN);
    }
}
