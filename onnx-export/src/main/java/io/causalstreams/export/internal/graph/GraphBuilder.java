package io.causalstreams.export.internal.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Builds one ONNX graph: the only owner of its names and of the protocol buffer behind it.
 *
 * <p>Nodes are added in the order in which they run, through a {@link Scope}, which gives them an address such as
 * {@code /layers.3/attention/qkv}. Every {@link Value} remembers its builder, and a value of another builder is refused.
 *
 * <p>Threading: one thread.
 */
public final class GraphBuilder {
    private static final long IR_VERSION = 10;

    private final GraphProto.Builder graph;
    /** Where nodes go: the graph, or a branch of one of its nodes. */
    private GraphProto.Builder nodes;

    private final TensorStore store;
    private final ElementType reals;
    private final Set<String> names = new HashSet<>();
    private final Map<String, Value> constants = new HashMap<>();
    private final List<Parameter> parameters = new ArrayList<>();

    /** A graph that computes in fp32. */
    public GraphBuilder(String name, TensorStore store) {
        this(name, store, ElementType.FLOAT);
    }

    /** @param reals the floating-point type that nodes compute in: that of constants, and of what {@link Scope#reals} adds */
    public GraphBuilder(String name, TensorStore store, ElementType reals) {
        this.reals = reals;
        this.graph = GraphProto.newBuilder().setName(name);
        this.nodes = graph;
        this.store = store;
    }

    /** The floating-point type that nodes compute in. */
    public ElementType reals() {
        return reals;
    }

    public Value input(String name, ElementType type, Dimension... dimensions) {
        graph.addInput(valueInfo(claim(name), type, dimensions));
        return new Value(this, name);
    }

    /** Gives an output of the node added last another name than its address. */
    public Value rename(Value value, String name) {
        NodeProto.Builder last = graph.getNodeBuilder(graph.getNodeCount() - 1);
        int output = last.getOutputList().indexOf(nameOf(value));
        if (output < 0) {
            throw new IllegalArgumentException(value + " is no output of the node added last");
        }
        last.setOutput(output, claim(name));
        return new Value(this, name);
    }

    /** Makes {@code value} an output of the graph under the name that it has. */
    public void output(Value value, ElementType type, Dimension... dimensions) {
        graph.addOutput(valueInfo(nameOf(value), type, dimensions));
    }

    /** A small constant of the graph; equal ones are held once. */
    public Value constant(long... elements) {
        return constant("int64 " + Arrays.toString(elements), new long[] {elements.length}, TensorData.int64(elements));
    }

    /** As {@link #constant(long...)}, without dimensions. */
    public Value scalar(long element) {
        return constant("int64 " + element, new long[0], TensorData.int64(element));
    }

    /** As {@link #constant(long...)}, of {@link #reals()}. */
    public Value floats(float... elements) {
        return constant(
                "float " + Arrays.toString(elements),
                new long[] {elements.length},
                TensorData.floats(elements).in(reals));
    }

    /** As {@link #scalar(long)}, of {@link #reals()}. */
    public Value scalar(float element) {
        return constant(
                "float " + element, new long[0], TensorData.floats(element).in(reals));
    }

    /** As {@link #scalar(long)}, of fp32 whatever the graph computes in. */
    public Value singleScalar(float element) {
        return reals == ElementType.FLOAT
                ? scalar(element)
                : constant("single " + element, new long[0], TensorData.floats(element));
    }

    /** As {@link #scalar(long)}. */
    public Value uint8Scalar(int element) {
        return constant("uint8 " + element, new long[0], TensorData.uint8((byte) element));
    }

    /** The weights and tables added so far, in order. */
    public List<Parameter> parameters() {
        return List.copyOf(parameters);
    }

    /** Number of nodes added so far. */
    public int nodes() {
        return graph.getNodeCount();
    }

    /**
     * SHA-256 over everything that decides what the graph computes: inputs, nodes, constants, outputs, and the weights.
     *
     * @param weights digest of the weights' file
     * @return hexadecimal
     */
    public String fingerprint(String weights) {
        return fingerprint(graph.build(), weights);
    }

    /** As {@link #fingerprint(String)}, of a finished graph. */
    public static String fingerprint(GraphProto graph, String weights) {
        MessageDigest digest = Digests.sha256();
        digest.update(graph.toBuilder().clearName().build().toByteArray());
        return HexFormat.of().formatHex(digest.digest(weights.getBytes(StandardCharsets.US_ASCII)));
    }

    /** The finished model; the builder must not be used after it. */
    public ModelProto build(String producer, Map<String, String> metadata) {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName(producer)
                .setGraph(graph);
        for (Operator.Domain domain : Operator.Domain.values()) {
            model.addOpsetImport(
                    OperatorSetIdProto.newBuilder().setDomain(domain.id).setVersion(domain.version));
        }
        metadata.forEach((key, value) -> model.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return model.build();
    }

    Value initializer(String name, ElementType type, long[] shape, Supplier<TensorData> data) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(claim(name)).setDataType(type.code());
        long size = 1;
        for (long dimension : shape) {
            tensor.addDims(dimension);
            size = Math.multiplyExact(size, dimension);
        }
        long expected = size;
        try {
            store.store(tensor, () -> checked(name, type, expected, data.get()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + name + ": " + e.getMessage(), e);
        }
        graph.addInitializer(tensor);
        parameters.add(new Parameter(name, type, Arrays.stream(shape).boxed().toList()));
        return new Value(this, name);
    }

    void add(NodeProto node) {
        nodes.addNode(node);
    }

    /** A graph of the nodes that {@code body} adds, with its result, of {@link #reals()}, as the only output. Weights and constants stay with this one. */
    GraphProto branch(String name, Supplier<Value> body) {
        GraphProto.Builder around = nodes;
        nodes = GraphProto.newBuilder().setName(name);
        try {
            Value result = body.get();
            return nodes.addOutput(ValueInfoProto.newBuilder()
                            .setName(nameOf(result))
                            .setType(TypeProto.newBuilder()
                                    .setTensorType(TypeProto.Tensor.newBuilder().setElemType(reals.code()))))
                    .build();
        } finally {
            nodes = around;
        }
    }

    Value define(String name) {
        return new Value(this, claim(name));
    }

    String nameOf(Value value) {
        if (value.owner() != this) {
            throw new IllegalArgumentException(
                    "value %s belongs to graph %s, not to %s".formatted(value, value.owner(), this));
        }
        return value.name();
    }

    @Override
    public String toString() {
        return graph.getName();
    }

    private Value constant(String key, long[] shape, TensorData data) {
        return constants.computeIfAbsent(key, k -> {
            TensorProto.Builder tensor = TensorProto.newBuilder()
                    .setName(claim("/constants/" + k.replace(", ", ",").replace(' ', ':')))
                    .setDataType(data.type().code())
                    .setRawData(ByteString.copyFrom(data.toBytes()));
            for (long dimension : shape) {
                tensor.addDims(dimension);
            }
            graph.addInitializer(tensor);
            return new Value(this, tensor.getName());
        });
    }

    private static TensorData checked(String name, ElementType type, long size, TensorData data) {
        if (data.type() != type || data.size() != size) {
            throw new IllegalStateException("%s: %d elements of %s were declared, %d of %s were given"
                    .formatted(name, size, type, data.size(), data.type()));
        }
        return data;
    }

    private String claim(String name) {
        if (!names.add(name)) {
            throw new IllegalArgumentException("graph %s already has a value named %s".formatted(this, name));
        }
        return name;
    }

    private static ValueInfoProto valueInfo(String name, ElementType type, Dimension... dimensions) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Dimension dimension : dimensions) {
            TensorShapeProto.Dimension.Builder proto = shape.addDimBuilder();
            if (dimension instanceof Dimension.Fixed fixed) {
                proto.setDimValue(fixed.size());
            } else if (dimension instanceof Dimension.Named named) {
                proto.setDimParam(named.name());
            }
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.code())
                                .setShape(shape)))
                .build();
    }
}
