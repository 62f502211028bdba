package io.causalstreams.registry;

import org.jspecify.annotations.Nullable;

/** The registry has not got a schema, does not answer, or what it has cannot be made a form of answers. */
public class SchemaRegistryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean retriable;

    public SchemaRegistryException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    private SchemaRegistryException(String message, @Nullable Throwable cause, boolean retriable) {
        super(message, cause);
        this.retriable = retriable;
    }

    /** The registry does not say whether it has got it. */
    static SchemaRegistryException retriable(String message, @Nullable Throwable cause) {
        return new SchemaRegistryException(message, cause, true);
    }

    /** Whether it may be had later. */
    boolean isRetriable() {
        return retriable;
    }

    public SchemaRegistryException(String message) {
        this(message, null);
    }
}
