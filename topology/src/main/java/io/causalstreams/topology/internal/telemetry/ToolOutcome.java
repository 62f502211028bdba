package io.causalstreams.topology.internal.telemetry;

/** What became of the result of a tool. */
public enum ToolOutcome {
    /** It answers its call. */
    TAKEN,

    /** It is no result, its call is unknown here, or has one already. */
    DROPPED,

    /** It did not come in time. */
    MISSING
}
