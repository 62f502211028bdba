package io.causalstreams.tuning.internal.graph;

import io.causalstreams.export.internal.architecture.Norm;
import io.causalstreams.tuning.internal.differentiation.Operations;
import io.causalstreams.tuning.internal.differentiation.Tensor;
import org.jspecify.annotations.Nullable;

/** A {@link Norm} over the last dimension. */
final class Norms {
    private Norms() {}

    /** norm(x), or x where there is none. */
    static Tensor add(Operations ops, Projections weights, Tensor x, @Nullable Norm norm) {
        if (norm == null) {
            return x;
        }
        Tensor weight = weights.vector(ops, "weight", norm.weight());
        if (norm.kind() == Norm.Kind.RMS) {
            return ops.rmsNorm("norm", x, weight, norm.epsilon());
        }
        Tensor bias = norm.bias() == null ? null : weights.vector(ops, "bias", norm.bias());
        return ops.layerNorm("norm", x, weight, bias, norm.epsilon());
    }
}
