package io.causalstreams.export.internal.checkpoint;

import org.jspecify.annotations.Nullable;

/** A checkpoint cannot be used. The message is one line: what is wrong, in which file, and what to do next. */
public final class CheckpointException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        this(message, null);
    }

    public CheckpointException(String message, @Nullable Throwable cause) {
        super(message.lines().findFirst().orElse(""), cause);
    }
}
