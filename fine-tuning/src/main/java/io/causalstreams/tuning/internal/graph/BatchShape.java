package io.causalstreams.tuning.internal.graph;

/** Rows of equal length that go through the model together; sizes are fixed in a graph. */
public record BatchShape(int rows, int length) {

    public int tokens() {
        return rows * length;
    }
}
