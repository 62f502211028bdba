package io.causalstreams.topology.internal.telemetry;

import io.causalstreams.topology.RequestStatus;

/**
 * A request that has no completion yet.
 *
 * <p>Threading: may be asked by any thread.
 */
public interface LiveRequest {

    /** The request's id. */
    String id();

    /** Milliseconds since it arrived in this process, whatever was done to the clock. */
    long waitedMs();

    /** Where it is, and what was published of it. */
    RequestStatus status();
}
