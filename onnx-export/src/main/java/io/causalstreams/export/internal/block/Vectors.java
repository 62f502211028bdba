package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Weight;

/** Vectors of a checkpoint as initializers. */
final class Vectors {
    private Vectors() {}

    /** Shape (elements), of the type that the graph computes in. */
    static Value add(Scope scope, String name, Weight vector) {
        return scope.reals(name, new long[] {vector.rows()}, () -> WeightData.floats(vector));
    }

    /** Shape (elements), of fp32 whatever the graph computes in. */
    static Value addSingle(Scope scope, String name, Weight vector) {
        return scope.initializer(name, ElementType.FLOAT, new long[] {vector.rows()}, () -> WeightData.floats(vector));
    }
}
