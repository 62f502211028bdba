package io.causalstreams.export.internal.weight;

import java.util.function.Supplier;

/** A weight that is computed when it is read. */
record Derived(String name, int rows, int columns, Supplier<RowReader> reader) implements Weight {
    @Override
    public RowReader open() {
        return reader.get();
    }
}
