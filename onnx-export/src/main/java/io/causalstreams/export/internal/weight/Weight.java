package io.causalstreams.export.internal.weight;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A matrix (outputs, inputs) or a vector (elements, 1) of a checkpoint, or something made of them.
 *
 * <p>Holds no elements: a {@link #open() reader} fetches and computes them some rows at a time, so that a model's
 * description costs nothing and an export never holds a large matrix whole, unless something has to be computed across its
 * rows. Every method gives a new description.
 */
public interface Weight {

    /** The stored tensor's name, or what was made of it; for messages. */
    String name();

    /** Outputs of a matrix, elements of a vector. */
    int rows();

    /** Inputs of a matrix, 1 for a vector. */
    int columns();

    /** Which rows of which stored matrix these are, or null where it is made in another way. */
    default @Nullable Origin origin() {
        return null;
    }

    /** Prepares reading: what has to see the whole matrix first, does so here. */
    RowReader open();

    /** All elements, row-major, in an array of the caller's own. */
    default float[] read() {
        float[] all = new float[Matrices.requireSize(name(), rows(), columns())];
        RowReader reader = open();
        Pieces.forEach(rows(), columns(), (first, count) -> reader.read(first, count, all, first * columns()));
        return all;
    }

    /**
     * Every row changed by itself.
     *
     * @param transform made once for every reader
     */
    default Weight eachRow(String what, Supplier<RowTransform> transform) {
        return new Derived(name() + what, rows(), columns(), () -> {
            RowReader source = open();
            RowTransform change = transform.get();
            return (first, count, target, offset) -> {
                source.read(first, count, target, offset);
                change.apply(target, offset, count, columns());
            };
        });
    }

    /** Computed from all elements at once, in place. */
    default Weight whole(String what, WholeTransform transform) {
        return new Derived(name() + what, rows(), columns(), () -> {
            float[] all = read();
            transform.apply(all);
            return Matrices.reader(all, columns());
        });
    }

    /** Row r of the result is row {@code order.get(r)} of this one, or zeros where that is -1. */
    default Weight withRows(ChannelOrder order) {
        Matrices.requireFit(order, rows(), this);
        Origin origin = origin();
        return order.isIdentity()
                ? this
                : new Derived(
                        name() + "[rows]",
                        order.size(),
                        columns(),
                        () -> order.rows(open(), columns()),
                        origin == null ? null : origin.withRows(order));
    }

    /** Column c of the result is column {@code order.get(c)} of this one, or zeros where that is -1. */
    default Weight withColumns(ChannelOrder order) {
        Matrices.requireFit(order, columns(), this);
        return order.isIdentity()
                ? this
                : new Derived(name() + "[columns]", rows(), order.size(), () -> order.columns(open(), columns()));
    }

    default Weight transposed() {
        Origin origin = origin();
        return new Derived(
                name() + "ᵀ",
                columns(),
                rows(),
                () -> Matrices.reader(Matrices.transposed(this), rows()),
                origin == null || !origin.isWhole() ? null : origin.transposed(columns()));
    }

    /** Applies {@code function} to every element. */
    default Weight map(String what, DoubleUnaryOperator function) {
        return eachRow(what, () -> (x, offset, count, columns) -> {
            for (int i = offset; i < offset + count * columns; i++) {
                x[i] = (float) function.applyAsDouble(x[i]);
            }
        });
    }

    default Weight scaled(double factor) {
        if (factor == 1) {
            return this;
        }
        Weight scaled = map("·" + (float) factor, x -> x * factor);
        Origin origin = origin();
        return new Derived(
                scaled.name(), rows(), columns(), scaled::open, origin == null ? null : origin.scaled(factor));
    }

    /** One matrix whose rows are those of {@code parts}, in order. */
    static Weight stack(List<Weight> parts) {
        return parts.size() == 1 ? parts.get(0) : new Stacked(parts);
    }

    /** A vector that is computed when it is read. */
    static Weight vector(String name, int rows, Supplier<float[]> elements) {
        return new Derived(name, rows, 1, () -> Matrices.reader(elements.get(), 1));
    }

    /** A matrix whose row r holds 1 in column first + r, and zeros. */
    static Weight units(String name, int rows, int columns, int first) {
        return new Derived(name, rows, columns, () -> (row, count, target, offset) -> {
            Arrays.fill(target, offset, offset + count * columns, 0);
            for (int r = 0; r < count; r++) {
                target[offset + r * columns + first + row + r] = 1;
            }
        });
    }

    /** A vector of equal elements that no checkpoint stores. */
    static Weight filled(String name, int rows, float element) {
        return new Derived(
                name,
                rows,
                1,
                () -> (first, count, target, offset) -> Arrays.fill(target, offset, offset + count, element));
    }

    /** Changes all elements of a matrix, row-major, in place. */
    @FunctionalInterface
    interface WholeTransform {
        void apply(float[] all);
    }
}
