package io.causalstreams.app.internal.operations;

import io.causalstreams.topology.RequestStatus;
import java.util.Optional;

/** What the endpoint asks about; any thread. */
public interface RunningOperator {

    Health health();

    /** A request that has no completion yet, when this process has it. */
    Optional<RequestStatus> status(String id);
}
