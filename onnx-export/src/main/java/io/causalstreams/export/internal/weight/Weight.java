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

    /**
     * What a low-rank addition to stored tensors adds to this matrix, or null for nothing.
     *
     * @param additions to the tensors as they are stored
     */
    default @Nullable LowRank lowRank(LowRank.Source additions) {
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
     * Every row changed by itself, by a linear map.
     *
     * @param transform made once for every reader
     */
    default Weight eachRow(String what, Supplier<RowTransform> transform) {
        return new Derived(name() + what, rows(), columns(), transformed(transform))
                .adding(this, added -> added.withA(a -> a.eachRow(what, transform)));
    }

    private Supplier<RowReader> transformed(Supplier<RowTransform> transform) {
        return () -> {
            RowReader source = open();
            RowTransform change = transform.get();
            return (first, count, target, offset) -> {
                source.read(first, count, target, offset);
                change.apply(target, offset, count, columns());
            };
        };
    }

    /** Every column changed by itself, by a linear map; computed from all elements at once. */
    default Weight eachColumn(String what, ColumnTransform transform) {
        Supplier<RowReader> reader = () -> {
            float[] all = read();
            transform.apply(all, columns());
            return Matrices.reader(all, columns());
        };
        return new Derived(name() + what, rows(), columns(), reader)
                .adding(this, added -> added.withB(b -> b.eachColumn(what, transform)));
    }

    /** Row r of the result is row {@code order.get(r)} of this one, or zeros where that is -1. */
    default Weight withRows(ChannelOrder order) {
        Matrices.requireFit(order, rows(), this);
        Origin origin = origin();
        return order.isIdentity()
                ? this
                : new Derived(name() + "[rows]", order.size(), columns(), () -> order.rows(open(), columns()))
                        .from(origin == null ? null : origin.withRows(order))
                        .adding(this, added -> added.withB(b -> b.withRows(order)));
    }

    /** Column c of the result is column {@code order.get(c)} of this one, or zeros where that is -1. */
    default Weight withColumns(ChannelOrder order) {
        Matrices.requireFit(order, columns(), this);
        return order.isIdentity()
                ? this
                : new Derived(name() + "[columns]", rows(), order.size(), () -> order.columns(open(), columns()))
                        .adding(this, added -> added.withA(a -> a.withColumns(order)));
    }

    default Weight transposed() {
        Origin origin = origin();
        Supplier<RowReader> reader = () -> Matrices.reader(Matrices.transposed(this), rows());
        return new Derived(name() + "ᵀ", columns(), rows(), reader)
                .from(origin == null || !origin.isWhole() ? null : origin.transposed(columns()))
                .adding(this, LowRank::transposed);
    }

    /** Applies {@code function} to every element. */
    default Weight map(String what, DoubleUnaryOperator function) {
        RowTransform change = (x, offset, count, columns) -> {
            for (int i = offset; i < offset + count * columns; i++) {
                x[i] = (float) function.applyAsDouble(x[i]);
            }
        };
        return new Derived(name() + what, rows(), columns(), transformed(() -> change));
    }

    default Weight scaled(double factor) {
        if (factor == 1) {
            return this;
        }
        Weight scaled = map("·" + (float) factor, x -> x * factor);
        Origin origin = origin();
        return new Derived(scaled.name(), rows(), columns(), scaled::open)
                .from(origin == null ? null : origin.scaled(factor))
                .adding(this, added -> added.withB(b -> b.scaled(factor)));
    }

    /** One matrix whose rows are those of {@code parts}, in order. */
    static Weight stack(List<Weight> parts) {
        return parts.size() == 1 ? parts.get(0) : new Stacked(parts);
    }

    /** A vector that is computed when it is read. */
    static Weight vector(String name, int rows, Supplier<float[]> elements) {
        return matrix(name, rows, 1, elements);
    }

    /** A matrix that is computed when it is read, row-major. */
    static Weight matrix(String name, int rows, int columns, Supplier<float[]> elements) {
        return new Derived(name, rows, columns, () -> Matrices.reader(elements.get(), columns));
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

    /** Changes the columns of a matrix, row-major, in place, each by itself. */
    @FunctionalInterface
    interface ColumnTransform {
        void apply(float[] all, int columns);
    }
}
