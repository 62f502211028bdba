package io.causalstreams.registry.internal.protobuf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;

/** JSON as messages. */
public final class MessageJson {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private MessageJson() {}

    /**
     * Reads JSON that meets the type's {@link MessageSchema}. Of keys of a map that come twice the last counts.
     *
     * @throws IllegalArgumentException if it is cut, or nested deeper than readers of Protobuf follow
     */
    public static Message read(String json, Message.Builder into) {
        try {
            JsonFormat.parser().merge(MAPPER.readTree(json).toString(), into);
            Message message = into.build();
            // readers refuse what is nested deeper than 100; a message that holds itself could be
            message.getParserForType().parseFrom(message.toByteString());
            return message;
        } catch (JsonProcessingException | InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
