package io.causalstreams.export.internal.graph;

/**
 * A handle of something that a graph computes or holds: an input, an initializer or an output of a node.
 *
 * <p>It belongs to the {@link GraphBuilder} that made it; another one refuses it, so that two graphs cannot be mixed up.
 */
public final class Value {
    private final GraphBuilder graph;
    private final String name;

    Value(GraphBuilder graph, String name) {
        this.graph = graph;
        this.name = name;
    }

    GraphBuilder graph() {
        return graph;
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
