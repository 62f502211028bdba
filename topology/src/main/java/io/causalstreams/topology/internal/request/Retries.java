package io.causalstreams.topology.internal.request;

import io.causalstreams.topology.event.ErrorCode;
import java.util.Set;

/**
 * Which failures are tried again.
 *
 * @param kinds of errors
 * @param attempts at most, the first one included
 * @param backoffMs before the second attempt; twice as long before each further one
 */
public record Retries(Set<ErrorCode> kinds, int attempts, long backoffMs) {

    /** None. */
    public static final Retries NONE = new Retries(Set.of(), 1, 0);

    public Retries {
        kinds = Set.copyOf(kinds);
    }

    /** Whether a request that failed so, and so often by now, is tried again. */
    boolean again(ErrorCode code, int failures) {
        return failures < attempts && kinds.contains(code);
    }

    /** How long it waits then. */
    long waitMs(int failures) {
        return backoffMs << Math.min(failures - 1, 10);
    }
}
