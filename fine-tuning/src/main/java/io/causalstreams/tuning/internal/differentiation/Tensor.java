package io.causalstreams.tuning.internal.differentiation;

import io.causalstreams.export.internal.graph.ElementType;
import java.util.List;

/**
 * Something that a computation reads or computes, by its name, which is unique in a computation and its gradients.
 *
 * @param shape sizes, outermost first; {@link #ANY} where the caller chooses at run time
 */
public record Tensor(String name, ElementType type, List<Long> shape) {
    /** A size that is known at run time only. */
    public static final long ANY = -1;

    public Tensor {
        shape = List.copyOf(shape);
    }

    public int rank() {
        return shape.size();
    }

    /** The size of a dimension; negative ones count from the end. */
    public long size(int dimension) {
        return shape.get(dimension < 0 ? rank() + dimension : dimension);
    }

    /** Elements; all sizes must be known. */
    public long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    @Override
    public String toString() {
        return name + shape;
    }
}
