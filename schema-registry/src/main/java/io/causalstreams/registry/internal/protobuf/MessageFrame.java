package io.causalstreams.registry.internal.protobuf;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;

/**
 * Messages behind the id of their schema: where the message's type is in its file, then the message.
 *
 * <pre>
 *  0                       the first message
 *  n, i0, i1, … i(n-1)     the i0-th message of the file, in it the i1-th, …; zigzag varints
 * </pre>
 *
 * @see <a href="https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format">wire
 *     format</a>
 */
public final class MessageFrame {
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();
    private static final int DEEPEST = 32;

    private MessageFrame() {}

    /** JSON with the field names of the file. @throws IOException if the bytes are no message of the file */
    public static String read(ProtoFiles files, CodedInputStream in) throws IOException {
        int depth = in.readSInt32();
        if (depth < 0 || depth > DEEPEST) {
            throw new InvalidProtocolBufferException("a message " + depth + " deep");
        }
        try {
            Descriptor type = files.file().getMessageTypes().get(depth == 0 ? 0 : in.readSInt32());
            for (int i = 1; i < depth; i++) {
                type = type.getNestedTypes().get(in.readSInt32());
            }
            return PRINTER.print(DynamicMessage.parseFrom(type, in));
        } catch (IndexOutOfBoundsException e) {
            throw new InvalidProtocolBufferException(new IOException("no such message in " + files.name(), e));
        }
    }

    /** The first message of the file, without what the JSON has beside. @throws IOException if the JSON is none */
    public static byte[] write(ProtoFiles files, String json) throws IOException {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(files.message(null));
        JsonFormat.parser().ignoringUnknownFields().merge(json, message);
        byte[] bytes = message.build().toByteArray();
        byte[] framed = new byte[bytes.length + 1]; // a zero: the first
        System.arraycopy(bytes, 0, framed, 1, bytes.length);
        return framed;
    }
}
