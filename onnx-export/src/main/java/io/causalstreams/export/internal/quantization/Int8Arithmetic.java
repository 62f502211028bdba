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
 * Accurate over a decoder that {@link ResidualRotation} has prepared, and only there: what reads the residual stream must
 * read rows of mean square 1.
 */
final class Int8Arithmetic implements Arithmetic {
    /** Of normally distributed activations of mean square 1; see {@link FixedStepProduct}. */
    private static final double USUAL_RANGE = 3.5;
    /** The head's input has heavier tails, and its errors reach the logits directly. */
    private static final double HEAD_RANGE = 5;

    private final RowProduct readers;
    private final RowProduct attentionOutput = new OneTermProduct();
    private final RowProduct down = new TwoTermProduct();
    private final RowProduct headProduct;
    private final Arithmetic exact = new FloatArithmetic();

    /** @param peak see {@link ResidualRotation#peak}: a row of one large channel must not be clipped either */
    Int8Arithmetic(double peak) {
        readers = peak <= HEAD_RANGE ? new FixedStepProduct(Math.max(USUAL_RANGE, peak)) : new OneTermProduct();
        headProduct = peak <= HEAD_RANGE ? new FixedStepProduct(HEAD_RANGE) : new OneTermProduct();
    }

    @Override
    public Value project(Scope scope, Value x, Projection projection, Role role) {
        // The router decides between experts: cheap to keep exact, costly to get wrong.
        if (role == Role.ROUTER) {
            return exact.project(scope, x, projection, role);
        }
        Int8Matrix weight = Int8Matrix.add(scope, projection.weight());
        return Bias.add(scope, product(role).add(scope, x, weight), projection.bias());
    }

    private RowProduct product(Role role) {
        return switch (role) {
            case DOWN -> down;
            case ATTENTION_OUTPUT -> attentionOutput;
            case QUERY_KEY_VALUE, GATE_UP, ROUTER -> readers;
        };
    }

    @Override
    public Value embed(Scope scope, Value ids, Weight table) {
        return HalfTable.embed(scope, ids, table);
    }

    @Override
    public Value head(Scope scope, Value x, Projection head) {
        return Bias.add(scope, headProduct.add(scope, x, Int8Matrix.add(scope, head.weight())), head.bias());
    }
}
