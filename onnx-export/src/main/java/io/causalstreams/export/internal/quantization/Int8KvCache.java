package io.causalstreams.export.internal.quantization;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.Operator;
import java.util.List;
import java.util.function.Consumer;

/**
 * A decoder's graph whose cache is of int8: {@code GroupQueryAttention} stores x / step, rounded, of every channel and multiplies by
 * it again when it reads. A step is a channel's largest value / 127, a constant of the graph; what is beyond is cut off.
 *
 * <p>Nothing else of the graph changes, so it is made of the finished one and shares its weights.
 */
public final class Int8KvCache {
    private static final int LARGEST = 127;
    /** Inputs of the node up to the attention sinks; the steps follow. */
    private static final int INPUTS_BEFORE_STEPS = 12;

    private Int8KvCache() {}

    /**
     * The model with a cache of int8.
     *
     * @param largest of each channel, shape (2 · layers, kv_heads · head_dim), keys and values of a layer in turn
     */
    public static ModelProto of(ModelProto model, float[][] largest) {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        int layer = 0;
        for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            if (node.getOpType().equals(Operator.GROUP_QUERY_ATTENTION.type())) {
                quantize(graph, node, layer, largest);
                layer++;
            }
        }
        if (2 * layer != largest.length) {
            throw new IllegalArgumentException(
                    "ranges of " + largest.length / 2 + " layers, the graph has " + layer + " with a cache");
        }
        graph.getInputBuilderList().forEach(input -> retype(input, "past_key_values."));
        graph.getOutputBuilderList().forEach(output -> retype(output, "present."));
        return model.toBuilder().setGraph(graph).build();
    }

    private static void quantize(GraphProto.Builder graph, NodeProto.Builder node, int layer, float[][] largest) {
        while (node.getInputCount() < INPUTS_BEFORE_STEPS) {
            node.addInput("");
        }
        for (int part = 0; part < 2; part++) {
            String name = node.getName() + (part == 0 ? "/key_steps" : "/value_steps");
            graph.addInitializer(steps(name, largest[2 * layer + part]));
            node.addInput(name);
        }
        ByteString perChannel = ByteString.copyFromUtf8("PER_CHANNEL");
        for (String which : List.of("k_quant_type", "v_quant_type")) {
            attribute(
                    node,
                    which,
                    it -> it.setType(AttributeProto.AttributeType.STRING).setS(perChannel));
        }
        attribute(
                node,
                "kv_cache_bit_width",
                it -> it.setType(AttributeProto.AttributeType.INT).setI(Byte.SIZE));
    }

    private static void attribute(NodeProto.Builder node, String name, Consumer<AttributeProto.Builder> value) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
        value.accept(attribute);
        node.addAttribute(attribute);
    }

    private static TensorProto steps(String name, float[] largest) {
        TensorProto.Builder steps = TensorProto.newBuilder()
                .setName(name)
                .setDataType(ElementType.FLOAT.code())
                .addDims(largest.length);
        for (float each : largest) {
            steps.addFloatData(each / LARGEST);
        }
        return steps.build();
    }

    private static void retype(ValueInfoProto.Builder value, String prefix) {
        if (value.getName().startsWith(prefix)) {
            value.getTypeBuilder().getTensorTypeBuilder().setElemType(ElementType.INT8.code());
        }
    }
}
