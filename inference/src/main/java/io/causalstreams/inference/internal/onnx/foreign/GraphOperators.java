package io.causalstreams.inference.internal.onnx.foreign;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.causalstreams.inference.GenerationException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The operators an ONNX file uses. ONNX Runtime reports a graph's inputs and outputs, not its nodes.
 *
 * <p>Field numbers are those of {@code onnx.proto}; weights inside the file are skipped, not read.
 */
final class GraphOperators {
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int NODE_OP_TYPE = 4;

    private GraphOperators() {}

    /** Types of the nodes of the main graph. @throws GenerationException.Failed if the file cannot be read */
    static Set<String> of(Path graph) {
        Set<String> types = new HashSet<>();
        try (InputStream file = new BufferedInputStream(Files.newInputStream(graph))) {
            CodedInputStream model = CodedInputStream.newInstance(file);
            model.setSizeLimit(Integer.MAX_VALUE);
            enter(
                    model,
                    MODEL_GRAPH,
                    () -> enter(
                            model,
                            GRAPH_NODE,
                            () -> enter(model, NODE_OP_TYPE, () -> {
                                byte[] type = model.readRawBytes(model.getBytesUntilLimit());
                                types.add(new String(type, java.nio.charset.StandardCharsets.UTF_8));
                            })));
        } catch (IOException e) {
            throw new GenerationException.Failed("model " + graph + ": its nodes cannot be read: " + e.getMessage(), e);
        }
        return types;
    }

    private interface Reading {
        void read() throws IOException;
    }

    /** Reads every field {@code number} of the current message, and skips the others. */
    private static void enter(CodedInputStream in, int number, Reading content) throws IOException {
        while (!in.isAtEnd()) {
            int tag = in.readTag();
            if (tag == 0) {
                return;
            }
            if (WireFormat.getTagFieldNumber(tag) == number
                    && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                int outer = in.pushLimit(in.readRawVarint32());
                content.read();
                in.popLimit(outer);
            } else {
                in.skipField(tag);
            }
        }
    }
}
