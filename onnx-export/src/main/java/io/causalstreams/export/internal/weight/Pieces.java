package io.causalstreams.export.internal.weight;

import java.util.stream.IntStream;

/** Cuts matrices into runs of rows that fit a processor's cache, and visits them on all cores. */
public final class Pieces {
    /** Elements of a piece, where a row has no more; half a megabyte of fp32. */
    public static final int ELEMENTS = 1 << 17;

    private Pieces() {}

    /** Rows of {@code columns} elements that make a piece, at least one. */
    public static int rows(int columns) {
        return Math.max(1, ELEMENTS / columns);
    }

    /** Visits all of {@code rows} rows of {@code columns} elements once, in no order; returns when all were visited. */
    public static void forEach(int rows, int columns, Visitor visitor) {
        int size = rows(columns);
        IntStream.range(0, (int) (((long) rows + size - 1) / size)).parallel().forEach(piece -> {
            int first = piece * size;
            visitor.visit(first, Math.min(size, rows - first));
        });
    }

    /** Sees one piece. */
    @FunctionalInterface
    public interface Visitor {
        void visit(int firstRow, int count);
    }
}
