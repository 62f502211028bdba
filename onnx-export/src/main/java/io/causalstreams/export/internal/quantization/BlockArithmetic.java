package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.block.Arithmetic;
import io.causalstreams.export.internal.block.Bias;
import io.causalstreams.export.internal.block.FloatArithmetic;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;

/** Eight-bit weights in blocks, for decoders whose residual stream cannot be rotated; see {@link BlockProduct}. */
final class BlockArithmetic implements Arithmetic {
    private final Arithmetic exact = new FloatArithmetic();

    @Override
    public Value project(Scope scope, Value x, Projection projection, Role role) {
        return role == Role.ROUTER
                ? exact.project(scope, x, projection, role)
                : Bias.add(scope, BlockProduct.add(scope, x, projection.weight()), projection.bias());
    }

    @Override
    public Value embed(Scope scope, Value ids, Weight table) {
        return HalfTable.embed(scope, ids, table);
    }

    @Override
    public Value head(Scope scope, Value x, Projection head) {
        return Bias.add(scope, BlockProduct.add(scope, x, head.weight()), head.bias());
    }
}
