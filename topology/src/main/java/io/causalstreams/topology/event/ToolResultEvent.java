package io.causalstreams.topology.event;

import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * What a tool gave, for the model to read; a tool that failed says so here.
 *
 * @param conversation of the call
 * @param id of the call
 * @param content any text; as JSON also an object or list, whose text it then is
 */
public record ToolResultEvent(String conversation, String id, String content) {

    /** As JSON; what is no tool result is read as null, so that a wrong record stops nobody. */
    public static Serde<ToolResultEvent> serde() {
        return Serdes.serdeFrom(
                (topic, event) -> event == null ? null : EventJson.write(event),
                (topic, bytes) -> bytes == null ? null : EventJson.readToolResult(bytes));
    }
}
