package io.causalstreams.export.internal.graph;

/**
 * A handle of something that a graph computes or holds: an input, an initializer or an output of a node.
 *
 * <p>It belongs to the {@link GraphBuilder} that made it; another one refuses it, so that two graphs cannot be mixed up.
 */
public final class Value {
    private final Object owner;
    private final String name;

    /** @param owner the builder of the graph, compared by identity */
    Value(Object owner, String name) {
        this.owner = owner;
        this.name = name;
    }

    Object owner() {
        return owner;
    }

    /** The name in the ONNX graph, unique within it. */
    public String name() {
        return name;
    }

    @Override
    public String toString() {
        return name;
    }
}
