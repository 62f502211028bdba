package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.FeedForward;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Projection;
import java.util.List;

/**
 * A gated feed-forward branch, or one expert.
 *
 * <pre>
 *   x ──gate──activation──┐
 *   x ──up────────────────Mul──down──►      gate and up cut off where there is a limit
 *
 *   for devices:  x ──gate_up──Split──► gate, up
 * </pre>
 *
 * On a CPU gate and up are products of their own: one product of both takes as long, and would have to be split again.
 * Nodes in front of both that are the same (int8 rounds x in one) become one when ONNX Runtime loads the graph. On a device one product
 * has twice the outputs to fill it with, and for few rows that is what it lacks.
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
        List<Value> gateAndUp =
                scope.graph().reals() == ElementType.FLOAT ? apart(scope, x, gated) : fused(scope, x, gated);
        Value gate = gateAndUp.get(0);
        Value up = gateAndUp.get(1);
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

    private List<Value> apart(Scope scope, Value x, FeedForward.Gated gated) {
        return List.of(
                arithmetic.project(scope.at("gate"), x, gated.gate(), Arithmetic.Role.GATE_UP),
                arithmetic.project(scope.at("up"), x, gated.up(), Arithmetic.Role.GATE_UP));
    }

    private List<Value> fused(Scope scope, Value x, FeedForward.Gated gated) {
        Projection both = Projection.stack(List.of(gated.gate(), gated.up()));
        Value product = arithmetic.project(scope.at("gate_up"), x, both, Arithmetic.Role.GATE_UP);
        return scope.node(Operator.SPLIT, "split")
                .inputs(
                        product,
                        scope.graph()
                                .constant(gated.gate().outputs(), gated.up().outputs()))
                .attribute("axis", -1)
                .outputs(2);
    }
}
