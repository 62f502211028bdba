package io.causalstreams.export.internal.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** One node in the making; it joins the graph when its outputs are asked for. */
public final class NodeBuilder {
    private final GraphBuilder graph;
    private final Operator operator;
    private final String address;
    private final NodeProto.Builder node = NodeProto.newBuilder();

    NodeBuilder(GraphBuilder graph, Operator operator, String address) {
        this.graph = graph;
        this.operator = operator;
        this.address = address;
        node.setName(address).setOpType(operator.type()).setDomain(operator.domain());
    }

    public NodeBuilder inputs(Value... values) {
        for (Value value : values) {
            node.addInput(graph.nameOf(value));
        }
        return this;
    }

    /** Leaves out {@code count} optional inputs. */
    public NodeBuilder omitted(int count) {
        for (int i = 0; i < count; i++) {
            node.addInput("");
        }
        return this;
    }

    public NodeBuilder attribute(String name, long value) {
        node.addAttribute(AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value));
        return this;
    }

    public NodeBuilder attribute(String name, float value) {
        node.addAttribute(AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value));
        return this;
    }

    public NodeBuilder attribute(String name, String value) {
        node.addAttribute(AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value)));
        return this;
    }

    public NodeBuilder attribute(String name, List<Long> values) {
        node.addAttribute(AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INTS)
                .addAllInts(values));
        return this;
    }

    /**
     * A graph that the node runs: what {@code body} adds, with its result, of {@link GraphBuilder#reals()}, as the only output. It may use every value that
     * the graph around it has so far; nothing else may use what it adds.
     */
    public NodeBuilder branch(String name, Supplier<Value> body) {
        node.addAttribute(AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(graph.branch(address + "/" + name, body)));
        return this;
    }

    /** The node's only output, named as its address. */
    public Value output() {
        return outputs(address).get(0);
    }

    /** Outputs with the names given; an empty name leaves one out. Names are unique in the graph, left-out ones have no value. */
    public List<Value> outputs(String... names) {
        operator.check(address, node.getInputCount(), names.length);
        List<Value> outputs = new ArrayList<>();
        for (String name : names) {
            node.addOutput(name);
            if (!name.isEmpty()) {
                outputs.add(graph.define(name));
            }
        }
        graph.add(node.build());
        return outputs;
    }

    /** {@code count} outputs, named as the address with {@code .0}, {@code .1}, … */
    public List<Value> outputs(int count) {
        String[] names = new String[count];
        for (int i = 0; i < count; i++) {
            names[i] = address + "." + i;
        }
        return outputs(names);
    }
}
