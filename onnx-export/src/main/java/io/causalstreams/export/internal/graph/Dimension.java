package io.causalstreams.export.internal.graph;

/** One dimension of a graph input or output: a name for what a caller chooses, or a number. */
public sealed interface Dimension {

    static Dimension of(String name) {
        return new Named(name);
    }

    static Dimension of(long size) {
        return new Fixed(size);
    }

    /** Chosen at run time. */
    record Named(String name) implements Dimension {}

    /** Part of the model. */
    record Fixed(long size) implements Dimension {}
}
