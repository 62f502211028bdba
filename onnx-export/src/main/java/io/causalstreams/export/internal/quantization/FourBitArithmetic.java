package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.block.Arithmetic;
import io.causalstreams.export.internal.block.Bias;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import java.util.Map;
import java.util.function.Function;

/**
 * Four-bit weights in blocks, see {@link FourBitProduct}; the head, and what four bits do not fit, in eight bits.
 */
final class FourBitArithmetic implements Arithmetic {
    private final BlockArithmetic eightBits = new BlockArithmetic();
    private final int blockSize;
    private final Function<Weight, FourBitFit> looks;
    private final Map<String, FourBitFit> fits;

    /**
     * @param blockSize inputs that share a step, of weights on no grid of their own
     * @param looks finds out how four bits fit a weight
     * @param fits by address of a product, the same in every graph; filled here, so that a weight is looked at once
     */
    FourBitArithmetic(int blockSize, Function<Weight, FourBitFit> looks, Map<String, FourBitFit> fits) {
        this.blockSize = blockSize;
        this.looks = looks;
        this.fits = fits;
    }

    @Override
    public Value project(Scope scope, Value x, Projection projection, Role role) {
        Weight weight = projection.weight();
        if (role == Role.ROUTER || !FourBitProduct.fits(weight)) {
            return eightBits.project(scope, x, projection, role);
        }
        FourBitFit fit = fits.computeIfAbsent(scope.toString(), address -> looks.apply(weight));
        if (fit == FourBitFit.UNEVEN) {
            return eightBits.project(scope, x, projection, role);
        }
        return Bias.add(scope, FourBitProduct.add(scope, x, weight, fit, blockSize), projection.bias());
    }

    @Override
    public Value embed(Scope scope, Value ids, Weight table) {
        return eightBits.embed(scope, ids, table);
    }

    @Override
    public Value head(Scope scope, Value x, Projection head) {
        return eightBits.head(scope, x, head);
    }
}
