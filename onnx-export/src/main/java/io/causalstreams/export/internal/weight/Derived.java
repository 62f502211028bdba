package io.causalstreams.export.internal.weight;

import java.util.function.Supplier;

/** A weight that is computed when it is read. */
record Derived(String name, int rows, int columns, Supplier<float[]> elements) implements Weight {
    Derived {
        Matrices.requireSize(name, rows, columns);
    }

    @Override
    public float[] read() {
        return elements.get();
    }
}
