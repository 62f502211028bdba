package io.causalstreams.http;

import org.jspecify.annotations.Nullable;

/** A request that cannot be answered as it was sent. */
public final class InvalidRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String parameter;

    /** @param parameter the field at fault, by its wire name */
    public InvalidRequestException(@Nullable String parameter, String message) {
        super(message);
        this.parameter = parameter;
    }

    /** The field at fault, by its wire name. */
    public @Nullable String parameter() {
        return parameter;
    }
}
