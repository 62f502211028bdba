package io.causalstreams.http;

/** The door cannot be opened as it is configured; the message says why and what next. */
public final class HttpDoorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public HttpDoorException(String message) {
        super(message);
    }

    public HttpDoorException(String message, Throwable cause) {
        super(message, cause);
    }
}
