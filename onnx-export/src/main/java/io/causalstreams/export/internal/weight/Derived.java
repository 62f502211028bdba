package io.causalstreams.export.internal.weight;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A weight that is computed when it is read. */
record Derived(
        String name,
        int rows,
        int columns,
        Supplier<RowReader> reader,
        @Nullable Origin origin) implements Weight {

    Derived(String name, int rows, int columns, Supplier<RowReader> reader) {
        this(name, rows, columns, reader, null);
    }

    @Override
    public RowReader open() {
        return reader.get();
    }
}
