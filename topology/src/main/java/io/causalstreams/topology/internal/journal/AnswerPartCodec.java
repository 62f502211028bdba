package io.causalstreams.topology.internal.journal;

import io.causalstreams.inference.AnswerPart;
import java.util.ArrayList;
import java.util.List;

/** Parts of an answer as bytes. */
final class AnswerPartCodec {
    private static final int CONTENT = 0;
    private static final int REASONING = 1;
    private static final int TOOL_CALL = 2;
    private static final int ARGUMENTS = 3;

    private AnswerPartCodec() {}

    static void write(ByteWriter out, List<AnswerPart> parts) {
        out.varint(parts.size());
        for (AnswerPart part : parts) {
            if (part instanceof AnswerPart.Content content) {
                out.varint(CONTENT).string(content.text());
            } else if (part instanceof AnswerPart.Reasoning reasoning) {
                out.varint(REASONING).string(reasoning.text());
            } else if (part instanceof AnswerPart.ToolCall call) {
                out.varint(TOOL_CALL).varint(call.index()).string(call.name());
            } else if (part instanceof AnswerPart.Arguments arguments) {
                out.varint(ARGUMENTS).varint(arguments.index()).string(arguments.json());
            }
        }
    }

    static List<AnswerPart> read(ByteReader in) {
        int size = in.int32();
        List<AnswerPart> parts = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            int kind = in.int32();
            parts.add(
                    switch (kind) {
                        case CONTENT -> new AnswerPart.Content(in.string());
                        case REASONING -> new AnswerPart.Reasoning(in.string());
                        case TOOL_CALL -> new AnswerPart.ToolCall(in.int32(), in.string());
                        case ARGUMENTS -> new AnswerPart.Arguments(in.int32(), in.string());
                        default ->
                            throw new IllegalStateException("the journal holds a part of kind " + kind
                                    + ", which this release does not know; start the release that wrote it");
                    });
        }
        return parts;
    }
}
