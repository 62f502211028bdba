package io.causalstreams.export.internal.weight;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/**
 * A matrix (outputs, inputs) or a vector (elements, 1) of a checkpoint, or something made of them.
 *
 * <p>Holds no elements: {@link #read()} fetches and computes them, so that a model's description costs nothing and an
 * export holds one weight at a time. Every method gives a new description.
 */
public interface Weight {

    /** The stored tensor's name, or what was made of it; for messages. */
    String name();

    /** Outputs of a matrix, elements of a vector. */
    int rows();

    /** Inputs of a matrix, 1 for a vector. */
    int columns();

    /** The elements, row-major, in an array of the caller's own. */
    float[] read();

    /** The elements that {@code compute} makes of this weight's, in a matrix of {@code rows} by {@code columns}. */
    default Weight derived(String what, int rows, int columns, UnaryOperator<float[]> compute) {
        return new Derived(name() + what, rows, columns, () -> compute.apply(read()));
    }

    /** Row r of the result is row {@code order.get(r)} of this one, or zeros where that is -1. */
    default Weight withRows(ChannelOrder order) {
        order.requireSource(rows(), this);
        return order.isIdentity() ? this : derived("[rows]", order.size(), columns(), x -> order.rows(x, columns()));
    }

    /** Column c of the result is column {@code order.get(c)} of this one, or zeros where that is -1. */
    default Weight withColumns(ChannelOrder order) {
        order.requireSource(columns(), this);
        return order.isIdentity() ? this : derived("[columns]", rows(), order.size(), x -> order.columns(x, columns()));
    }

    default Weight transposed() {
        return derived("ᵀ", columns(), rows(), x -> Matrices.transpose(x, rows(), columns()));
    }

    /** Applies {@code function} to every element. */
    default Weight map(String what, DoubleUnaryOperator function) {
        return derived(what, rows(), columns(), x -> {
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) function.applyAsDouble(x[i]);
            }
            return x;
        });
    }

    default Weight scaled(double factor) {
        return factor == 1 ? this : map("·" + (float) factor, x -> x * factor);
    }

    /** One matrix whose rows are those of {@code parts}, in order. */
    static Weight stack(List<Weight> parts) {
        return parts.size() == 1 ? parts.get(0) : new Stacked(parts);
    }

    /** A vector of equal elements that no checkpoint stores. */
    static Weight filled(String name, int rows, float element) {
        return new Derived(name, rows, 1, () -> {
            float[] elements = new float[rows];
            java.util.Arrays.fill(elements, element);
            return elements;
        });
    }
}
