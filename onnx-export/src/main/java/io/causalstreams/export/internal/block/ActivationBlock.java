package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.architecture.Activation;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;

/** An {@link Activation} as one node. */
final class ActivationBlock {
    private static final float QUICK_GELU_ALPHA = 1.702f;

    private ActivationBlock() {}

    static Value add(Scope scope, Value x, Activation activation) {
        return switch (activation) {
            // QuickGelu is x · σ(α x): with α = 1 it is SiLU.
            case SILU ->
                scope.node(Operator.QUICK_GELU, "silu")
                        .inputs(x)
                        .attribute("alpha", 1f)
                        .output();
            case QUICK_GELU ->
                scope.node(Operator.QUICK_GELU, "quick_gelu")
                        .inputs(x)
                        .attribute("alpha", QUICK_GELU_ALPHA)
                        .output();
            case GELU -> scope.apply(Operator.GELU, "gelu", x);
            case GELU_TANH ->
                scope.node(Operator.GELU, "gelu")
                        .inputs(x)
                        .attribute("approximate", "tanh")
                        .output();
            case RELU -> scope.apply(Operator.RELU, "relu", x);
            case TANH -> scope.apply(Operator.TANH, "tanh", x);
        };
    }
}
