package io.causalstreams.topology.event;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * A call that somebody has to answer with a {@link ToolResultEvent} under the same record key.
 *
 * @param conversation id of the request that calls
 * @param id names the call within the conversation
 * @param name the tool's
 * @param arguments a JSON object
 * @param deadline ISO-8601; a result that comes later is dropped
 */
public record ToolCallEvent(
        String conversation,
        String id,
        String name,
        @JsonRawValue String arguments,
        String deadline) {

    /** CloudEvents type of this version. */
    public static final String TYPE = "io.causalstreams.tool-call.v1";

    public ToolCallEvent(String conversation, String id, String name, String arguments, Instant deadline) {
        this(conversation, id, name, arguments, deadline.toString());
    }

    /** The argument of this name: a string's text, of anything else its JSON; empty when there is none. */
    public String argument(String argument) {
        return EventJson.member(arguments, argument);
    }

    /** The result of this call. */
    public ToolResultEvent result(String content) {
        return new ToolResultEvent(conversation, id, content);
    }

    /** As JSON. */
    public static Serde<ToolCallEvent> serde() {
        return Serdes.serdeFrom(
                (topic, event) -> event == null ? null : EventJson.write(event),
                (topic, bytes) -> bytes == null ? null : EventJson.readToolCall(bytes));
    }
}
