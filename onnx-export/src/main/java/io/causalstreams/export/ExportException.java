package io.causalstreams.export;

import org.jspecify.annotations.Nullable;

/** An export failed. The message is one line: what is wrong, with which file or configuration key, and what to do next. */
public final class ExportException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ExportException(@Nullable String message, Throwable cause) {
        super(message, cause);
    }
}
