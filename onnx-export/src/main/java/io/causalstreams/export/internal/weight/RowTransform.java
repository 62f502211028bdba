package io.causalstreams.export.internal.weight;

/** Changes rows in place, each by itself. Threading: any number of threads at once, on different arrays. */
@FunctionalInterface
public interface RowTransform {

    /** Changes {@code count} rows of {@code columns} elements in {@code x}, from {@code offset} on. */
    void apply(float[] x, int offset, int count, int columns);
}
