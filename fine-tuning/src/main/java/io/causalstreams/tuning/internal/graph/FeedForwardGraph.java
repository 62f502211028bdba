package io.causalstreams.tuning.internal.graph;

import io.causalstreams.export.internal.architecture.Activation;
import io.causalstreams.export.internal.architecture.FeedForward;
import io.causalstreams.export.internal.architecture.UnsupportedModelException;
import io.causalstreams.tuning.internal.differentiation.Operations;
import io.causalstreams.tuning.internal.differentiation.Tensor;

/**
 * The feed-forward branch.
 *
 * <pre>
 *   gated   x ──gate──activation──Mul(up(x))──down──►
 *   plain   x ──up──activation──down──►
 * </pre>
 */
final class FeedForwardGraph {
    private static final float QUICK_GELU_ALPHA = 1.702f;

    private final Projections projections;

    FeedForwardGraph(Projections projections) {
        this.projections = projections;
    }

    /** Shapes: x (tokens, hidden); result as x. */
    Tensor add(Operations ops, Tensor x, FeedForward feedForward) {
        if (feedForward instanceof FeedForward.Gated gated && gated.limit() == 0) {
            Tensor gate = projections.add(ops.at("gate"), x, gated.gate());
            Tensor up = projections.add(ops.at("up"), x, gated.up());
            Tensor inner = ops.mul("gated", activation(ops, gate, gated.activation()), up);
            return projections.add(ops.at("down"), inner, gated.down());
        }
        if (feedForward instanceof FeedForward.Plain plain) {
            Tensor up = projections.add(ops.at("up"), x, plain.up());
            return projections.add(ops.at("down"), activation(ops, up, plain.activation()), plain.down());
        }
        throw new UnsupportedModelException("mixtures of experts cannot be trained yet; tune a dense model");
    }

    private static Tensor activation(Operations ops, Tensor x, Activation activation) {
        return switch (activation) {
            case SILU -> ops.silu("silu", x);
            case QUICK_GELU -> ops.quickGelu("quick_gelu", x, QUICK_GELU_ALPHA);
            case GELU -> ops.gelu("gelu", x, false);
            case GELU_TANH -> ops.gelu("gelu", x, true);
            case RELU -> ops.relu("relu", x);
            case TANH -> ops.tanh("tanh", x);
        };
    }
}
