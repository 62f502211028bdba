package io.causalstreams.app.internal;

import org.jspecify.annotations.Nullable;

/** A failure the user can do something about; the message says what, which and what next, in one line. */
public final class AppException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AppException(String message) {
        super(message);
    }

    public AppException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
