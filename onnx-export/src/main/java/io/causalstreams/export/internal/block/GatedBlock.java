package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.FeedForward;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;

/**
 * A gated feed-forward branch, or one expert.
 *
 * <pre>
 *   x ──gate──activation──┐
 *   x ──up────────────────Mul──down──►      gate and up cut off where there is a limit
 * </pre>
 *
 * Gate and up are products of their own: one product of both would have to be split again, which takes longer than it saves.
 * Nodes in front of both that are the same (int8 rounds x in one) become one when ONNX Runtime loads the graph.
 *
 * Shapes: x (batch, sequence, hidden); result as x.
 */
final class GatedBlock {
    private final Arithmetic arithmetic;
    private final Arithmetic.Role down;

    GatedBlock(Arithmetic arithmetic) {
        this(arithmetic, Arithmetic.Role.DOWN);
    }

    /** @param down what the last product is */
    GatedBlock(Arithmetic arithmetic, Arithmetic.Role down) {
        this.arithmetic = arithmetic;
        this.down = down;
    }

    Value add(Scope scope, Value x, FeedForward.Gated gated) {
        Value gate = arithmetic.project(scope.at("gate"), x, gated.gate(), Arithmetic.Role.GATE_UP);
        Value up = arithmetic.project(scope.at("up"), x, gated.up(), Arithmetic.Role.GATE_UP);
        if (gated.limit() != 0) {
            Value limit = scope.graph().scalar((float) gated.limit());
            Value low = scope.graph().scalar((float) -gated.limit());
            gate = scope.apply(Operator.MIN, "gate_cut", gate, limit);
            up = scope.apply(Operator.CLIP, "up_cut", up, low, limit);
            up = scope.apply(Operator.ADD, "up_and_one", up, scope.graph().scalar(1f));
        }
        Value inner = scope.apply(Operator.MUL, "gated", ActivationBlock.add(scope, gate, gated.activation()), up);
        return arithmetic.project(scope.at("down"), inner, gated.down(), down);
    }
}
