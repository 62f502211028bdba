package io.causalstreams.topology;

import org.apache.kafka.streams.errors.StreamsException;
import org.jspecify.annotations.Nullable;

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

    /** The death among the causes of {@code failure}, or null when it failed for another reason. */
    public static @Nullable EngineDiedException in(@Nullable Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof EngineDiedException death) {
                return death;
            }
        }
        return null;
    }
}
