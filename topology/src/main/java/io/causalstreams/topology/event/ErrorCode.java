package io.causalstreams.topology.event;

import io.causalstreams.inference.GenerationEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why a completion has no (whole) answer; the names are the wire's {@code error.code}. */
public enum ErrorCode {
    /** A field is missing, has a wrong type or is out of range; sending it again does not help. */
    INVALID_REQUEST,
    /** The request's deadline passed. */
    DEADLINE_EXCEEDED,
    /** A tombstone or a cancel header ended it. */
    CANCELLED,
    /** The operator was full and is configured to reject. */
    REJECTED,
    /** The model failed on it. */
    INFERENCE_ERROR,
    /** What the records of its key may cost in an hour is spent. */
    BUDGET_EXCEEDED,
    /** A check refused the answer, also the second time. */
    ANSWER_REFUSED;

    /** What the first choice that did not come to its own end came to; null = all did. */
    public static @Nullable ErrorCode of(List<GenerationEvent.Choice> choices) {
        for (GenerationEvent.Choice choice : choices) {
            ErrorCode code = switch (choice.finishReason()) {
                case DEADLINE_EXCEEDED -> DEADLINE_EXCEEDED;
                case CANCELLED -> CANCELLED;
                case ERROR -> INFERENCE_ERROR;
                case STOP, LENGTH -> null;
            };
            if (code != null) {
                return code;
            }
        }
        return null;
    }
}
