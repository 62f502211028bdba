package io.causalstreams.topology;

import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * One record the operator emits, before it is written to its topic.
 *
 * @param kind which topic it belongs to
 * @param requestId the request it belongs to; events of a request without a key go to one partition by it
 * @param value the record's value; null only for the dead letter of a null value
 */
public record OutputEvent(
        Kind kind, String requestId, @Nullable Bytes value) {

    /** The operator's outputs. */
    public enum Kind {
        TOKENS("tokens"),
        COMPLETION("completions"),
        DEAD_LETTER("dead-letters"),
        SHADOW("shadows");

        private final String nodeName;

        Kind(String nodeName) {
            this.nodeName = nodeName;
        }

        /** Names the sink; never changes, whatever the topic is called. */
        String nodeName() {
            return nodeName;
        }
    }

    /** The value as it goes on the wire. */
    public byte @Nullable [] bytes() {
        return value == null ? null : value.get();
    }
}
