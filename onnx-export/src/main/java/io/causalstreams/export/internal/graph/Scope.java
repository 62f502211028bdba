package io.causalstreams.export.internal.graph;

import java.util.function.Supplier;

/** A place in a graph: what is added through it gets a name below its address. */
public final class Scope {
    private final GraphBuilder graph;
    private final String address;

    private Scope(GraphBuilder graph, String address) {
        this.graph = graph;
        this.address = address;
    }

    /** The place whose address is empty. */
    public static Scope root(GraphBuilder graph) {
        return new Scope(graph, "");
    }

    public GraphBuilder graph() {
        return graph;
    }

    /** The place {@code address/name}. */
    public Scope at(String name) {
        return new Scope(graph, address + "/" + name);
    }

    /** Starts the node {@code address/name}. */
    public NodeBuilder node(Operator operator, String name) {
        return new NodeBuilder(graph, operator, address + "/" + name);
    }

    /** A node with one output and no attributes. */
    public Value apply(Operator operator, String name, Value... inputs) {
        return node(operator, name).inputs(inputs).output();
    }

    /**
     * Adds the weight or table {@code address/name}.
     *
     * @param data reads the elements, row-major, when they are written
     */
    public Value initializer(String name, ElementType type, long[] shape, Supplier<TensorData> data) {
        return graph.initializer(address + "/" + name, type, shape, data);
    }

    /**
     * Adds the weight or table {@code address/name} in the type that the graph computes in.
     *
     * @param data as for {@link #initializer}, of fp32
     */
    public Value reals(String name, long[] shape, Supplier<TensorData> data) {
        return initializer(name, graph.reals(), shape, () -> data.get().in(graph.reals()));
    }

    @Override
    public String toString() {
        return address.isEmpty() ? "/" : address;
    }
}
