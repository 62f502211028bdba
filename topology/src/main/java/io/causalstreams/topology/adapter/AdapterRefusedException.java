package io.causalstreams.topology.adapter;

/** A record of the adapters topic cannot be used; what was served before stays. */
public final class AdapterRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AdapterRefusedException(String message) {
        super(message);
    }

    public AdapterRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
