package io.causalstreams.export.internal.architecture;

/** A configuration asks for something that is not implemented. The message is one line and names the configuration's key. */
public final class UnsupportedModelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnsupportedModelException(String message) {
        super(message);
    }
}
