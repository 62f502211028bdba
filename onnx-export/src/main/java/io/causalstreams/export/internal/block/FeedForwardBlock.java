package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.FeedForward;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;

/**
 * The feed-forward branch.
 *
 * <pre>
 *   gated   see {@link GatedBlock}
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
            return new GatedBlock(arithmetic).add(scope, x, gated);
        }
        if (feedForward instanceof FeedForward.Plain plain) {
            return plain(scope, x, plain);
        }
        return new ExpertsBlock(arithmetic).add(scope, x, (FeedForward.Experts) feedForward);
    }

    private Value plain(Scope scope, Value x, FeedForward.Plain plain) {
        Value up = arithmetic.project(scope.at("up"), x, plain.up(), Arithmetic.Role.GATE_UP);
        Value inner = ActivationBlock.add(scope, up, plain.activation());
        return arithmetic.project(scope.at("down"), inner, plain.down(), Arithmetic.Role.DOWN);
    }
}
