package io.causalstreams.export.internal.weight;

import java.util.List;
import java.util.stream.Collectors;

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
    public float[] read() {
        float[] all = new float[Matrices.requireSize(name(), rows(), columns())];
        int position = 0;
        for (Weight part : parts) {
            float[] elements = part.read();
            System.arraycopy(elements, 0, all, position, elements.length);
            position += elements.length;
        }
        return all;
    }
}
