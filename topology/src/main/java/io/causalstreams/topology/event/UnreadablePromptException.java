package io.causalstreams.topology.event;

/** The bytes are not JSON, so there is no request in them that could be answered. */
public final class UnreadablePromptException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnreadablePromptException(String message) {
        super(message);
    }
}
