package io.causalstreams.export.internal.architecture;

import io.causalstreams.export.internal.checkpoint.ElementReader;
import io.causalstreams.export.internal.checkpoint.WeightSource;
import io.causalstreams.export.internal.weight.LowRank;
import io.causalstreams.export.internal.weight.Origin;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.RowReader;
import io.causalstreams.export.internal.weight.Weight;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The tensors of a checkpoint under one prefix of their names, as weights whose shape was checked. */
public final class Tensors {
    private final WeightSource source;
    private final String prefix;
    /** Full names of what was asked for, shared with {@link #at}. */
    private final Set<String> used;

    private Tensors(WeightSource source, String prefix, Set<String> used) {
        this.source = source;
        this.prefix = prefix;
        this.used = used;
    }

    public static Tensors of(WeightSource source) {
        return new Tensors(source, "", new HashSet<>());
    }

    /** The tensors whose names continue with {@code prefix}. */
    public Tensors at(String prefix) {
        return new Tensors(source, this.prefix + prefix, used);
    }

    /** As {@link #at}, or without the prefix where {@code probe} is stored so: base models are saved both ways. */
    public Tensors atOrHere(String prefix, String probe) {
        return !has(prefix + probe) && has(probe) ? this : at(prefix);
    }

    public boolean has(String name) {
        return source.has(prefix + name);
    }

    /** Names of the checkpoint's tensors, whatever their prefix, that nobody asked for; sorted. */
    public SortedSet<String> unused() {
        SortedSet<String> unused = new TreeSet<>(source.names());
        unused.removeAll(used);
        return unused;
    }

    /** Says that the tensors under this prefix are no part of what is described, so that {@link #unused} does not name them. */
    void leaveOut() {
        source.names().stream().filter(name -> name.startsWith(prefix)).forEach(used::add);
    }

    /** A matrix of the checkpoint. */
    public Weight matrix(String name, int rows, int columns) {
        return stored(name, rows, columns, rows, columns);
    }

    /** A vector of the checkpoint. */
    public Weight vector(String name, int size) {
        return stored(name, size, 1, size);
    }

    /** {@code name.weight} and, where asked for, {@code name.bias}. */
    public Projection projection(String name, int outputs, int inputs, boolean bias) {
        return new Projection(matrix(name + ".weight", outputs, inputs), bias ? vector(name + ".bias", outputs) : null);
    }

    private Weight stored(String name, int rows, int columns, long... shape) {
        String full = prefix + name;
        if (!source.has(full)) {
            throw new UnsupportedModelException(
                    "the checkpoint has no tensor %s, which its config.json asks for".formatted(full));
        }
        long[] found = source.shape(full);
        if (!Arrays.equals(found, shape)) {
            throw new UnsupportedModelException("tensor %s has shape %s, config.json asks for %s"
                    .formatted(full, Arrays.toString(found), Arrays.toString(shape)));
        }
        used.add(full);
        return new Stored(source, full, rows, columns);
    }

    private record Stored(WeightSource source, String name, int rows, int columns) implements Weight {
        @Override
        public Origin origin() {
            return Origin.stored(name, rows);
        }

        @Override
        public @Nullable LowRank lowRank(LowRank.Source additions) {
            return additions.of(name);
        }

        @Override
        public RowReader open() {
            ElementReader reader = source.open(name);
            return (first, count, target, offset) ->
                    reader.read((long) first * columns, count * columns, target, offset);
        }
    }
}
