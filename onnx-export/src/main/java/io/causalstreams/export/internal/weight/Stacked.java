package io.causalstreams.export.internal.weight;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Matrices one below the other, so that one product does the work of several. */
record Stacked(List<Weight> parts) implements Weight {
    Stacked {
        parts = List.copyOf(parts);
        int columns = parts.get(0).columns();
        for (Weight part : parts) {
            if (part.columns() != columns) {
                throw new IllegalArgumentException("%s has %d inputs, %s has %d: they cannot share a product"
                        .formatted(parts.get(0).name(), columns, part.name(), part.columns()));
            }
        }
    }

    @Override
    public String name() {
        return parts.stream().map(Weight::name).collect(Collectors.joining("+"));
    }

    @Override
    public int rows() {
        return parts.stream().mapToInt(Weight::rows).reduce(0, Math::addExact);
    }

    @Override
    public int columns() {
        return parts.get(0).columns();
    }

    @Override
    public @Nullable LowRank lowRank(LowRank.Source additions) {
        return LowRank.stack(parts, additions);
    }

    @Override
    public RowReader open() {
        List<RowReader> readers = parts.stream().map(Weight::open).toList();
        return (first, count, target, offset) -> {
            int begin = 0;
            for (int i = 0; i < readers.size(); i++) {
                int end = begin + parts.get(i).rows();
                int from = Math.max(first, begin);
                int to = Math.min(first + count, end);
                if (from < to) {
                    readers.get(i).read(from - begin, to - from, target, offset + (from - first) * columns());
                }
                begin = end;
            }
        };
    }
}
