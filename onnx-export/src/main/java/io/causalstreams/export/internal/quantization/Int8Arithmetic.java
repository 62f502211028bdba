package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.block.Arithmetic;
import io.causalstreams.export.internal.block.Bias;
import io.causalstreams.export.internal.block.FloatArithmetic;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;

/**
 * Eight-bit weights per output channel and eight-bit activations per row ("w8a8"): the fast path of integer matrix units.
 * Accurate over a decoder that {@link ResidualRotation} has prepared.
 */
final class Int8Arithmetic implements Arithmetic {
    private final RowProduct usual = new OneTermProduct();
    private final RowProduct down = new TwoTermProduct();
    private final Arithmetic exact = new FloatArithmetic();

    @Override
    public Value project(Scope scope, Value x, Projection projection, Role role) {
        // The router decides between experts: cheap to keep exact, costly to get wrong.
        if (role == Role.ROUTER) {
            return exact.project(scope, x, projection, role);
        }
        Int8Matrix weight = Int8Matrix.add(scope, projection.weight());
        Value product = (role == Role.DOWN ? down : usual).add(scope, x, weight);
        return Bias.add(scope, product, projection.bias());
    }

    @Override
    public Value embed(Scope scope, Value ids, Weight table) {
        return HalfTable.embed(scope, ids, table);
    }

    @Override
    public Value head(Scope scope, Value x, Projection head) {
        return Bias.add(scope, usual.add(scope, x, Int8Matrix.add(scope, head.weight())), head.bias());
    }
}
