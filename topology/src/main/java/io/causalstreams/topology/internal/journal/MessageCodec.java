package io.causalstreams.topology.internal.journal;

import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.inference.Prompt.ToolCall;
import java.util.ArrayList;
import java.util.List;

/**
 * A message of a conversation as bytes: role, text and name, as releases before tools wrote it. One with more than that has a mark
 * in front of its role, then its parts, calls and the call it answers.
 */
final class MessageCodec {
    /** In front of a role that is followed by more; no role begins with it. */
    private static final String MORE = "\u0001";

    private MessageCodec() {}

    static void write(ByteWriter out, Message message) {
        boolean plain = message.equals(new Message(message.role(), message.text(), message.name()));
        if (plain) {
            out.string(message.role()).string(message.text()).optionalString(message.name());
            return;
        }
        out.string(MORE + message.role()).varint(message.content().size());
        message.content().forEach(out::string);
        out.optionalString(message.name()).optionalString(message.toolCallId());
        out.varint(message.toolCalls().size());
        for (ToolCall call : message.toolCalls()) {
            out.string(call.id()).string(call.name()).string(call.arguments());
        }
    }

    static Message read(ByteReader in) {
        String role = in.string();
        if (!role.startsWith(MORE)) {
            return new Message(role, in.string(), in.optionalString());
        }
        int parts = in.int32();
        List<String> content = new ArrayList<>(parts);
        for (int i = 0; i < parts; i++) {
            content.add(in.string());
        }
        String name = in.optionalString();
        String toolCallId = in.optionalString();
        int size = in.int32();
        List<ToolCall> calls = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            calls.add(new ToolCall(in.string(), in.string(), in.string()));
        }
        return new Message(role.substring(MORE.length()), content, name, null, calls, toolCallId);
    }
}
