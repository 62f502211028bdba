package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Weight;
import org.jspecify.annotations.Nullable;

/** y = x + b, or x where there is no bias. */
public final class Bias {
    private Bias() {}

    public static Value add(Scope scope, Value x, @Nullable Weight bias) {
        return bias == null ? x : scope.apply(Operator.ADD, "add_bias", x, Vectors.add(scope, "bias", bias));
    }
}
