package io.causalstreams.tuning;

import org.jspecify.annotations.Nullable;

/** A tuning cannot begin or go on. The message is one line: what is wrong, where, and what to do next. */
public final class TuningException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TuningException(String message) {
        this(message, null);
    }

    public TuningException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
