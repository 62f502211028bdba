package io.causalstreams.inference.internal.onnx.runtime;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.causalstreams.inference.GenerationException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What an ONNX file says of itself, without loading it: ONNX Runtime reports neither the nodes of a graph, nor anything before its
 * weights are in memory.
 *
 * <p>Field numbers are those of {@code onnx.proto}; weights inside the file are skipped, not read.
 */
public final class GraphFile {
    private static final int MODEL_GRAPH = 7;
    private static final int MODEL_METADATA = 14;
    private static final int GRAPH_NODE = 1;
    private static final int NODE_OP_TYPE = 4;
    private static final int GRAPH_INPUT = 11;
    private static final int INPUT_NAME = 1;
    private static final int ENTRY_KEY = 1;
    private static final int ENTRY_VALUE = 2;

    private GraphFile() {}

    /** Types of the nodes of the main graph. @throws GenerationException.Failed if the file cannot be read */
    public static Set<String> operators(Path graph) {
        return ofMainGraph(graph, GRAPH_NODE, NODE_OP_TYPE);
    }

    /** Names of the inputs. @throws GenerationException.Failed if the file cannot be read */
    public static Set<String> inputs(Path graph) {
        return ofMainGraph(graph, GRAPH_INPUT, INPUT_NAME);
    }

    /** The texts {@code of} of all parts {@code each} of the main graph. */
    private static Set<String> ofMainGraph(Path graph, int each, int of) {
        Set<String> texts = new HashSet<>();
        read(
                graph,
                model -> eachField(
                        model,
                        MODEL_GRAPH,
                        () -> eachField(model, each, () -> eachField(model, of, () -> texts.add(text(model))))));
        return texts;
    }

    /** Its {@code metadata_props}. @throws GenerationException.Failed if the file cannot be read */
    public static Map<String, String> properties(Path graph) {
        Map<String, String> properties = new HashMap<>();
        read(
                graph,
                model -> eachField(model, MODEL_METADATA, () -> {
                    String key = "";
                    String value = "";
                    while (!model.isAtEnd()) {
                        int tag = model.readTag();
                        switch (WireFormat.getTagFieldNumber(tag)) {
                            case ENTRY_KEY -> key = model.readString();
                            case ENTRY_VALUE -> value = model.readString();
                            default -> model.skipField(tag);
                        }
                    }
                    properties.put(key, value);
                }));
        return properties;
    }

    private static void read(Path graph, ModelReader reader) {
        try (InputStream file = new BufferedInputStream(Files.newInputStream(graph))) {
            CodedInputStream model = CodedInputStream.newInstance(file);
            model.setSizeLimit(Integer.MAX_VALUE);
            reader.read(model);
        } catch (IOException e) {
            throw new GenerationException.Failed("model " + graph + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static String text(CodedInputStream field) throws IOException {
        return new String(field.readRawBytes(field.getBytesUntilLimit()), StandardCharsets.UTF_8);
    }

    private interface ModelReader {
        void read(CodedInputStream model) throws IOException;
    }

    private interface Reading {
        void read() throws IOException;
    }

    /** Reads every field {@code number} of the current message, and skips the others. */
    private static void eachField(CodedInputStream in, int number, Reading content) throws IOException {
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
