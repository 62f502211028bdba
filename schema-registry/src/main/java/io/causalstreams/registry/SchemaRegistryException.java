package io.causalstreams.registry;

import org.jspecify.annotations.Nullable;

/** The registry has not got a schema, does not answer, or what it has cannot be made a form of answers. */
public class SchemaRegistryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SchemaRegistryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    public SchemaRegistryException(String message) {
        this(message, null);
    }
}
