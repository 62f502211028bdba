package io.causalstreams.tuning.internal.graph;

import io.causalstreams.export.internal.architecture.Rotary;
import io.causalstreams.export.internal.weight.Weight;
import io.causalstreams.tuning.internal.adapter.AdaptedModule;
import io.causalstreams.tuning.internal.differentiation.Computation;
import io.causalstreams.tuning.internal.differentiation.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One layer as a computation from x to y, both (tokens, hidden), and what its other inputs are.
 *
 * <p>Weights are inputs, named within the layer: layers of the same structure are the same computation, and share a session.
 */
public final class LayerGraph {
    private final Computation forward = new Computation();
    private final Map<Tensor, Weight> frozen = new LinkedHashMap<>();
    private final Map<Tensor, AdaptedModule> adapterA = new LinkedHashMap<>();
    private final Map<Tensor, AdaptedModule> adapterB = new LinkedHashMap<>();
    private final Map<Tensor, AdaptedModule> dropouts = new LinkedHashMap<>();
    private final Map<Tensor, Rotary> cos = new LinkedHashMap<>();
    private final Map<Tensor, Rotary> sin = new LinkedHashMap<>();
    private final Map<Tensor, Integer> masks = new LinkedHashMap<>();
    private @Nullable Tensor positions;
    private final Tensor x;
    private @Nullable Tensor y;

    LayerGraph(Tensor x) {
        this.x = x;
    }

    public Computation forward() {
        return forward;
    }

    public Tensor x() {
        return x;
    }

    public Tensor y() {
        if (y == null) {
            throw new IllegalStateException("the layer was not drawn");
        }
        return y;
    }

    void end(Tensor y) {
        this.y = y;
    }

    /** Weights that stay as they are, (rows, columns), of vectors (rows). */
    public Map<Tensor, Weight> frozen() {
        return frozen;
    }

    /** A of adapted modules, (rank, inputs). */
    public Map<Tensor, AdaptedModule> adapterA() {
        return adapterA;
    }

    /** B of adapted modules, (outputs, rank). */
    public Map<Tensor, AdaptedModule> adapterB() {
        return adapterB;
    }

    /** Factors on the inputs of A, (tokens, inputs): 0 where one is dropped. None where nothing is. */
    public Map<Tensor, AdaptedModule> dropouts() {
        return dropouts;
    }

    /** Tables of cosines, (length, pairs). */
    public Map<Tensor, Rotary> cos() {
        return cos;
    }

    /** As {@link #cos}, of sines. */
    public Map<Tensor, Rotary> sin() {
        return sin;
    }

    /** Masks, (rows, 1, length, length), by the window of keys that a query sees; 0 = all. */
    public Map<Tensor, Integer> masks() {
        return masks;
    }

    /** Positions, (rows, length), or null where nothing turns. */
    public @Nullable Tensor positions() {
        return positions;
    }

    Tensor positions(Tensor input) {
        positions = input;
        return input;
    }
}
