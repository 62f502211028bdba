package io.causalstreams.tuning.internal.differentiation;

import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.Operator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Nodes in the order in which they run. Tensors that no node of it computes are its inputs.
 *
 * <p>One thread.
 */
public final class Computation {
    private final List<Node> nodes = new ArrayList<>();
    /** Small constants by the tensor that stands for them: a Float, or a list of Longs. */
    private final Map<Tensor, Object> constants = new LinkedHashMap<>();

    private final Set<String> names = new HashSet<>();

    /** A number without dimensions. */
    public Tensor scalar(double value) {
        float single = (float) value;
        Tensor tensor = new Tensor("/float:" + single, ElementType.FLOAT, List.of());
        constants.put(tensor, single);
        return tensor;
    }

    /** A vector of whole numbers, such as a shape. */
    public Tensor integers(List<Long> values) {
        Tensor tensor = new Tensor("/int64:" + values, ElementType.INT64, List.of((long) values.size()));
        constants.put(tensor, List.copyOf(values));
        return tensor;
    }

    /** As {@link #integers(List)}. */
    public Tensor integers(long... values) {
        return integers(Arrays.stream(values).boxed().toList());
    }

    /** Adds a node whose output has the type of its first input. */
    public Tensor add(Operator operator, String name, List<Long> shape, Map<String, Object> attributes, Tensor... in) {
        Tensor output = new Tensor(free(name), in[0].type(), shape);
        nodes.add(new Node(operator, List.of(in), List.of(output), attributes));
        return output;
    }

    /** Adds a node with an output, of fp32, for every shape. */
    public List<Tensor> add(
            Operator operator, String name, Map<String, Object> attributes, List<Tensor> in, List<List<Long>> shapes) {
        List<Tensor> outputs = new ArrayList<>();
        for (List<Long> shape : shapes) {
            outputs.add(new Tensor(free(name), ElementType.FLOAT, shape));
        }
        nodes.add(new Node(operator, in, outputs, attributes));
        return outputs;
    }

    /** The nodes of both, this one's first. */
    public Computation followedBy(Computation next) {
        Computation both = new Computation();
        for (Computation part : List.of(this, next)) {
            both.nodes.addAll(part.nodes);
            both.constants.putAll(part.constants);
            both.names.addAll(part.names);
        }
        return both;
    }

    /** Constants of {@code other} may be read here too. */
    void takeConstants(Computation other) {
        constants.putAll(other.constants);
    }

    /** The reshapes of this computation whose results {@code reader} reads: free to compute again, and costly to keep. */
    public Computation viewsReadBy(Computation reader) {
        Set<Tensor> read = new HashSet<>(reader.inputs());
        List<Node> views = new ArrayList<>();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            if (node.operator() == Operator.RESHAPE && read.contains(node.output())) {
                views.add(0, node);
                read.addAll(node.inputs());
            }
        }
        Computation result = new Computation();
        result.nodes.addAll(views);
        views.forEach(view -> result.names.add(view.output().name()));
        result.takeConstants(this);
        return result;
    }

    public List<Node> nodes() {
        return nodes;
    }

    /** The value of a small constant: a Float, or a list of Longs. */
    public Map<Tensor, Object> constants() {
        return constants;
    }

    /** What the nodes read and none of them computes, in the order of use; constants are left out. */
    public Set<Tensor> inputs() {
        Set<Tensor> inputs = new LinkedHashSet<>();
        Set<Tensor> computed = new HashSet<>(constants.keySet());
        for (Node node : nodes) {
            for (Tensor input : node.inputs()) {
                if (!computed.contains(input)) {
                    inputs.add(input);
                }
            }
            computed.addAll(node.outputs());
        }
        return inputs;
    }

    /** What the nodes compute. */
    public Set<Tensor> computed() {
        Set<Tensor> computed = new LinkedHashSet<>();
        nodes.forEach(node -> computed.addAll(node.outputs()));
        return computed;
    }

    private String free(String name) {
        String free = name;
        for (int i = 1; !names.add(free); i++) {
            free = name + "." + i;
        }
        return free;
    }
}
