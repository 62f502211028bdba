package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.block.Arithmetic;
import io.causalstreams.export.internal.block.Bias;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import java.util.Map;

/**
 * Four-bit weights in blocks, see {@link FourBitProduct}; the head, and what four bits do not fit, in eight bits.
 */
final class FourBitArithmetic implements Arithmetic {
    private final BlockArithmetic eightBits = new BlockArithmetic();
    private final Map<String, Boolean> fits;

    /** @param fits by name of a weight, whether four bits fit it; filled here, so that a weight is looked at once */
    FourBitArithmetic(Map<String, Boolean> fits) {
        this.fits = fits;
    }

    @Override
    public Value project(Scope scope, Value x, Projection projection, Role role) {
        Weight weight = projection.weight();
        return role == Role.ROUTER || !fits.computeIfAbsent(weight.name(), name -> fits(weight))
                ? eightBits.project(scope, x, projection, role)
                : Bias.add(scope, FourBitProduct.add(scope, x, weight), projection.bias());
    }

    @Override
    public Value embed(Scope scope, Value ids, Weight table) {
        return eightBits.embed(scope, ids, table);
    }

    @Override
    public Value head(Scope scope, Value x, Projection head) {
        return eightBits.head(scope, x, head);
    }

    private static boolean fits(Weight weight) {
        return FourBitProduct.fits(weight) && FourBitBlocks.origin(weight.read()) != FourBitBlocks.Origin.UNEVEN_GRID;
    }
}
