package io.causalstreams.export.internal.graph;

import java.util.List;

/**
 * A weight or table of a graph, as {@code --explain} lists it.
 *
 * @param name its address, e.g. {@code /layers.3/attention/qkv/weight}
 */
public record Parameter(String name, ElementType type, List<Long> shape) {
    public Parameter {
        shape = List.copyOf(shape);
    }

    public long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    public long bytes() {
        return elements() * type.bytes();
    }
}
