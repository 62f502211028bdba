package io.causalstreams.topology;

import org.apache.kafka.streams.errors.StreamsException;

/**
 * The engine computes nothing any more. Ends the stream thread, whose transaction is aborted: every request that has no
 * completion stays in the journal, for the application's next start or another instance.
 *
 * <p>{@link ReplaceThreadHandler} shuts the client down: a new thread would meet the same engine.
 */
public final class EngineDiedException extends StreamsException {

    private static final long serialVersionUID = 1L;

    public EngineDiedException(String reason, Throwable cause) {
        super(reason + "; what it has not answered stays in the journal: start the application again", cause);
    }
}
