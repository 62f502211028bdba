package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.block.Arithmetic;
import io.causalstreams.export.internal.block.Bias;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;

/**
 * Eight-bit weights and eight-bit activations, by what the input of a product looks like.
 *
 * <ul>
 *   <li>What reads the residual stream (queries, keys and values; gate and up; the head) gets rows of mean square 1 that
 *       {@link ResidualRotation} has spread evenly: {@link FixedStepProduct}.
 *   <li>The output of the feed-forward has outliers that no rotation of weights reaches, the gated product above all:
 *       {@link SpreadRowProduct}, which rotates it where it runs.
 *   <li>The output of attention, and rows that are no whole blocks: {@link BlockProduct}, whose kernel scales each block of a row
 *       by itself.
 * </ul>
 */
final class Int8Arithmetic implements Arithmetic {
    /** Of normally distributed activations of mean square 1; see {@link FixedStepProduct}. */
    private static final double USUAL_RANGE = 3.5;
    /** The head's input has heavier tails. */
    private static final double HEAD_RANGE = 4;
    /** A range that has to hold more is too coarse for all other channels. */
    private static final double LARGEST_PEAK = 5;

    private final FixedStepProduct readers;
    private final FixedStepProduct headProduct;
    private final SpreadRowProduct rows = new SpreadRowProduct();
    private final BlockArithmetic blocks = new BlockArithmetic();

    /** Whether a range that holds the largest channel of a row, see {@link ResidualRotation#peak}, is fine enough for all. */
    static boolean possible(double peak) {
        return peak <= LARGEST_PEAK;
    }

    Int8Arithmetic(double peak) {
        readers = new FixedStepProduct(Math.max(USUAL_RANGE, peak));
        headProduct = new FixedStepProduct(Math.max(HEAD_RANGE, peak));
    }

    @Override
    public Value project(Scope scope, Value x, Projection projection, Role role) {
        return switch (role) {
            case QUERY_KEY_VALUE, GATE_UP ->
                Bias.add(scope, readers.add(scope, x, projection.weight()), projection.bias());
            case DOWN ->
                SpreadRowProduct.fits(projection.weight())
                        ? Bias.add(scope, rows.add(scope, x, projection.weight()), projection.bias())
                        : blocks.project(scope, x, projection, role);
            // Of no rows at all the rows of a SpreadRowProduct have no step: ReduceMax gives another shape.
            case OF_LATENT, ATTENTION_OUTPUT, EXPERT_DOWN, ROUTER -> blocks.project(scope, x, projection, role);
        };
    }

    @Override
    public Value embed(Scope scope, Value ids, Weight table) {
        return Int8Table.embed(scope, ids, table);
    }

    @Override
    public Value head(Scope scope, Value x, Projection head) {
        return Bias.add(scope, headProduct.add(scope, x, head.weight()), head.bias());
    }
}
