package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.Operator;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;

/** Between fp32 and the type that the graph computes in; nothing where these are one. */
final class Casts {
    private Casts() {}

    /** {@code x}, of the graph's type, in fp32. */
    static Value toSingle(Scope scope, String name, Value x) {
        return to(scope, name, x, ElementType.FLOAT);
    }

    /** {@code x}, fp32, in the graph's type. */
    static Value toReals(Scope scope, String name, Value x) {
        return to(scope, name, x, scope.graph().reals());
    }

    private static Value to(Scope scope, String name, Value x, ElementType type) {
        return scope.graph().reals() == ElementType.FLOAT
                ? x
                : scope.node(Operator.CAST, name)
                        .inputs(x)
                        .attribute("to", type.code())
                        .output();
    }
}
