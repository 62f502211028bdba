package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.block.Arithmetic;
import io.causalstreams.export.internal.block.FloatArithmetic;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;

/** Products in fp32, the embedding in half precision: what is finer than eight bits. */
final class ExactProducts implements Arithmetic {
    private final Arithmetic exact = new FloatArithmetic();

    @Override
    public Value project(Scope scope, Value x, Projection projection, Role role) {
        return exact.project(scope, x, projection, role);
    }

    @Override
    public Value embed(Scope scope, Value ids, Weight table) {
        return HalfTable.embed(scope, ids, table);
    }

    @Override
    public Value head(Scope scope, Value x, Projection head) {
        return exact.head(scope, x, head);
    }
}
