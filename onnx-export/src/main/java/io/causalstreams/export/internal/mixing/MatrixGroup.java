package io.causalstreams.export.internal.mixing;

import java.util.List;

/**
 * Matrices that get one arithmetic together: one kind in one layer (of a layer with experts: of all experts), or the head.
 *
 * @param layer address of the layer without the leading slash, {@code layers.3}; empty for the head
 * @param kind {@code qkv}, {@code output}, {@code gate_up}, {@code down} or {@code head}
 * @param elements weights in all
 * @param addresses scopes of the products, {@code /layers.3/attention/qkv}
 */
public record MatrixGroup(String layer, String kind, long elements, List<String> addresses) {
    public MatrixGroup {
        addresses = List.copyOf(addresses);
    }

    /** {@code layers.3/down}, {@code head}. */
    public String name() {
        return layer.isEmpty() ? kind : layer + "/" + kind;
    }

    /** Whether the initializer with this name belongs to one of the products. */
    boolean holds(String tensor) {
        return addresses.stream().anyMatch(address -> tensor.startsWith(address + "/"));
    }
}
