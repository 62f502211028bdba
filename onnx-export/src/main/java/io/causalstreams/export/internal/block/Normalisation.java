package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.Norm;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;

/** A {@link Norm} as one node, {@code SimplifiedLayerNormalization} (RMS) or {@code LayerNormalization}. */
final class Normalisation {
    private Normalisation() {}

    /** Shapes: x (…, size); result as x. */
    static Value add(Scope scope, Value x, Norm norm) {
        return scope.node(
                        norm.kind() == Norm.Kind.RMS
                                ? Operator.SIMPLIFIED_LAYER_NORMALIZATION
                                : Operator.LAYER_NORMALIZATION,
                        "norm")
                .inputs(x)
                .inputs(parameters(scope, norm))
                .attribute("axis", -1)
                .attribute("epsilon", (float) norm.epsilon())
                .output();
    }

    static Value[] parameters(Scope scope, Norm norm) {
        Value weight = Vectors.add(scope, "weight", norm.weight());
        return norm.bias() == null
                ? new Value[] {weight}
                : new Value[] {weight, Vectors.add(scope, "bias", norm.bias())};
    }
}
