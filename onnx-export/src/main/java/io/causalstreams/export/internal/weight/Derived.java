package io.causalstreams.export.internal.weight;

import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A weight that is computed when it is read. */
record Derived(
        String name,
        int rows,
        int columns,
        Supplier<RowReader> reader,
        @Nullable Origin origin,
        Function<LowRank.Source, @Nullable LowRank> added)
        implements Weight {

    Derived(String name, int rows, int columns, Supplier<RowReader> reader) {
        this(name, rows, columns, reader, null, additions -> null);
    }

    Derived from(@Nullable Origin origin) {
        return new Derived(name, rows, columns, reader, origin, added);
    }

    /** What is added to {@code base} is added to this, changed in the same way. */
    Derived adding(Weight base, UnaryOperator<LowRank> change) {
        return new Derived(name, rows, columns, reader, origin, additions -> {
            LowRank before = base.lowRank(additions);
            return before == null ? null : change.apply(before);
        });
    }

    @Override
    public @Nullable LowRank lowRank(LowRank.Source additions) {
        return added.apply(additions);
    }

    @Override
    public RowReader open() {
        return reader.get();
    }
}
