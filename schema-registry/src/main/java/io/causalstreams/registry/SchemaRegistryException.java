package io.causalstreams.registry;

import org.jspecify.annotations.Nullable;

/** The registry has not got a schema, does not answer, or what it has cannot be made a form of answers. */
public class SchemaRegistryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean missing;

    public SchemaRegistryException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    private SchemaRegistryException(String message, @Nullable Throwable cause, boolean missing) {
        super(message, cause);
        this.missing = missing;
    }

    /** The registry answers, and has not got it. */
    static SchemaRegistryException missing(String message) {
        return new SchemaRegistryException(message, null, true);
    }

    boolean isMissing() {
        return missing;
    }

    public SchemaRegistryException(String message) {
        this(message, null);
    }
}
