package io.causalstreams.topology;

import org.jspecify.annotations.Nullable;

/**
 * The version of a form by which a journaled record was asked cannot be had now, as while a schema registry does not answer. The
 * stream thread ends with it and is replaced; the record is tried again.
 */
public final class FormUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public FormUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
