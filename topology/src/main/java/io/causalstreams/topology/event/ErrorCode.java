package io.causalstreams.topology.event;

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
    INFERENCE_ERROR
}
