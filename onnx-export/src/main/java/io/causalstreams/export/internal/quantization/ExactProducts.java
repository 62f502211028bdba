package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.block.FloatArithmetic;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Weight;

/** Products in fp32, the embedding in half precision: what is finer than eight bits. */
final class ExactProducts extends FloatArithmetic {

    @Override
    public Value embed(Scope scope, Value ids, Weight table) {
        return HalfTable.embed(scope, ids, table);
    }
}
