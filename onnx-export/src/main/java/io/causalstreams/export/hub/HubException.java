package io.causalstreams.export.hub;

import org.jspecify.annotations.Nullable;

/** A download failed. The message is one line: what is wrong, with which repository or file, and what to do next. */
public final class HubException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    HubException(String message) {
        this(message, null);
    }

    HubException(String message, @Nullable Throwable cause) {
        super(message.lines().findFirst().orElse(""), cause);
    }
}
