package io.causalstreams.topology.internal.telemetry;

import io.causalstreams.topology.RequestStatus;

/**
 * A request that has no completion yet, as telemetry sees it.
 *
 * <p>Threading: {@link #status} and {@link #waitedMs} may be asked by any thread, the others by the stream thread.
 */
public interface LiveRequest {

    /** The request's id. */
    String id();

    /** When it arrived in this process, milliseconds of the topology's time. */
    long arrivedMs();

    /** Whether this is its first published token in this process. */
    boolean sawFirstToken(long nowMs);

    /** When its first token was published in this process; 0 when none was. */
    long firstTokenMs();

    /** Milliseconds since it arrived in this process, whatever was done to the clock. */
    long waitedMs();

    /** Where it is, and what was published of it. */
    RequestStatus status();
}
