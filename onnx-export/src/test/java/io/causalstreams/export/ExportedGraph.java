package io.causalstreams.export;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The nodes of an exported model, and the types of what they compute. */
final class ExportedGraph {
    private final ModelProto proto;
    private final Map<String, NodeProto> producers = new HashMap<>();
    private final Map<String, DataType> initializers = new HashMap<>();

    private ExportedGraph(ModelProto proto) {
        this.proto = proto;
        for (NodeProto node : proto.getGraph().getNodeList()) {
            node.getOutputList().forEach(output -> producers.put(output, node));
        }
        for (TensorProto tensor : proto.getGraph().getInitializerList()) {
            initializers.put(tensor.getName(), DataType.forNumber(tensor.getDataType()));
        }
    }

    static ExportedGraph of(Path modelDirectory) throws IOException {
        try (InputStream in = Files.newInputStream(modelDirectory.resolve("model.onnx"))) {
            return new ExportedGraph(ModelProto.parseFrom(in));
        }
    }

    ModelProto proto() {
        return proto;
    }

    /** Names of all nodes, in the order in which they run. */
    List<String> nodes() {
        return proto.getGraph().getNodeList().stream().map(NodeProto::getName).toList();
    }

    /** What nodes below {@code address} read that run behind its node {@code first}; casts left out. */
    List<String> inputsBehind(String address, String first) {
        List<String> inputs = new ArrayList<>();
        boolean behind = false;
        for (NodeProto node : proto.getGraph().getNodeList()) {
            if (node.getName().equals(address + "/" + first)) {
                behind = true;
            } else if (behind
                    && node.getName().startsWith(address + "/")
                    && !node.getOpType().equals("Cast")) {
                inputs.addAll(node.getInputList());
            }
        }
        return inputs;
    }

    /** The type of a value; of nodes that are no casts that of their first input, as most have it. */
    DataType type(String value) {
        DataType initializer = initializers.get(value);
        if (initializer != null) {
            return initializer;
        }
        NodeProto node = producers.get(value);
        if (node == null) {
            throw new IllegalArgumentException(value + " is computed by no node");
        }
        if (node.getOpType().equals("TopK") && value.equals(node.getOutput(1))) {
            return DataType.INT64;
        }
        return node.getAttributeList().stream()
                .filter(attribute ->
                        node.getOpType().equals("Cast") && attribute.getName().equals("to"))
                .map(AttributeProto::getI)
                .map(to -> DataType.forNumber(to.intValue()))
                .findFirst()
                .orElseGet(() -> type(node.getInput(0)));
    }
}
