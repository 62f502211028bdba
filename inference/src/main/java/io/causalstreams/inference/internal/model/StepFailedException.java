package io.causalstreams.inference.internal.model;

/** The runtime failed in a forward pass. Nothing that was valid in the KV cache has changed. */
public final class StepFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StepFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
