package io.causalstreams.tuning.internal.onnx;

import io.causalstreams.export.internal.graph.Dimension;
import io.causalstreams.export.internal.graph.GraphBuilder;
import io.causalstreams.export.internal.graph.NodeBuilder;
import io.causalstreams.export.internal.graph.Scope;
import io.causalstreams.export.internal.graph.TensorStore;
import io.causalstreams.export.internal.graph.Value;
import io.causalstreams.tuning.internal.differentiation.Computation;
import io.causalstreams.tuning.internal.differentiation.Node;
import io.causalstreams.tuning.internal.differentiation.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A {@link Computation} in ONNX. */
final class OnnxGraph {
    private final GraphBuilder graph = new GraphBuilder("training", TensorStore.discarding());
    private final Map<Tensor, Value> values = new HashMap<>();

    private OnnxGraph() {}

    /** The model's bytes; its inputs and outputs have the tensors' names. */
    static byte[] of(Computation computation, List<Tensor> outputs) {
        OnnxGraph onnx = new OnnxGraph();
        for (Tensor input : computation.inputs()) {
            onnx.values.put(input, onnx.graph.input(input.name(), input.type(), dimensions(input)));
        }
        for (Node node : computation.nodes()) {
            node.inputs()
                    .forEach(input ->
                            onnx.constant(input, computation.constants().get(input)));
        }
        computation.nodes().forEach(onnx::add);
        for (Tensor output : outputs) {
            onnx.graph.output(onnx.value(output), output.type(), dimensions(output));
        }
        return onnx.graph.build("causal-streams", Map.of()).toByteArray();
    }

    private void constant(Tensor tensor, @Nullable Object value) {
        if (value instanceof Float number) {
            values.put(tensor, graph.scalar(number));
        } else if (value instanceof List<?> list) {
            values.put(
                    tensor,
                    graph.constant(list.stream().mapToLong(Long.class::cast).toArray()));
        }
    }

    private void add(Node node) {
        NodeBuilder builder =
                Scope.root(graph).node(node.operator(), node.output().name());
        node.inputs().forEach(input -> builder.inputs(value(input)));
        node.attributes().forEach((name, value) -> attribute(builder, name, value));
        List<Value> outputs =
                builder.outputs(node.outputs().stream().map(Tensor::name).toArray(String[]::new));
        for (int i = 0; i < outputs.size(); i++) {
            values.put(node.outputs().get(i), outputs.get(i));
        }
    }

    private static void attribute(NodeBuilder builder, String name, Object value) {
        if (value instanceof Long number) {
            builder.attribute(name, number);
        } else if (value instanceof Float number) {
            builder.attribute(name, number);
        } else if (value instanceof String text) {
            builder.attribute(name, text);
        } else if (value instanceof List<?> list) {
            builder.attribute(name, list.stream().map(Long.class::cast).toList());
        } else {
            throw new IllegalArgumentException(name + ": " + value);
        }
    }

    private Value value(Tensor tensor) {
        Value value = values.get(tensor);
        if (value == null) {
            throw new IllegalArgumentException(tensor + " is neither read nor computed");
        }
        return value;
    }

    private static Dimension[] dimensions(Tensor tensor) {
        Dimension[] dimensions = new Dimension[tensor.rank()];
        for (int i = 0; i < dimensions.length; i++) {
            dimensions[i] = tensor.size(i) == Tensor.ANY ? Dimension.of("n") : Dimension.of(tensor.size(i));
        }
        return dimensions;
    }
}
