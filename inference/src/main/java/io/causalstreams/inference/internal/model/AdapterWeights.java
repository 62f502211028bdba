package io.causalstreams.inference.internal.model;

import java.nio.FloatBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A low-rank adapter of one model: what it adds to some of the model's products, W·x + B·(A·x).
 *
 * <p>Two are equal if they are the same object: one that was loaded twice may have changed in between.
 */
public final class AdapterWeights {
    private final String name;
    private final Map<String, Pair> pairs;

    /**
     * The A and B of a product.
     *
     * @param a (inputs, rank), row-major
     * @param b (rank, outputs), row-major
     */
    public record Pair(int rank, FloatBuffer a, FloatBuffer b) {}

    /** @param pairs by the address of a product */
    public AdapterWeights(String name, Map<String, Pair> pairs) {
        this.name = name;
        this.pairs = Map.copyOf(pairs);
    }

    public String name() {
        return name;
    }

    /** What it adds to the product at {@code address}, or null for nothing. */
    public @Nullable Pair at(String address) {
        return pairs.get(address);
    }

    @Override
    public String toString() {
        return name;
    }
}
