package io.causalstreams.inference;

import java.util.Locale;

/** Why a choice ended. */
public enum FinishReason {
    /** End-of-sequence token, stop token or stop string, or a constraint that is complete. */
    STOP,
    /** {@code maxTokens} generated, or the context is full. */
    LENGTH,
    /** The subscriber or a cancel event ended it. */
    CANCELLED,
    /** Its deadline passed. */
    DEADLINE_EXCEEDED,
    /** The model failed on it. */
    ERROR;

    /** The word on the wire: lower case. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
