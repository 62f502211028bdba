package io.causalstreams.http.internal.answer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.ErrorCode;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Why there is no answer: a status and OpenAI's error object. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String INVALID = "invalid_request_error";
    private static final int CLIENT_CLOSED_REQUEST = 499; // nginx's; nobody who waits for it sees it

    private final int status;
    private final String type;
    private final @Nullable String code;
    private final @Nullable String parameter;
    private final int retryAfterSeconds;

    private ApiException(
            int status,
            String type,
            @Nullable String code,
            @Nullable String parameter,
            String message,
            int retryAfterSeconds) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.code = code;
        this.parameter = parameter;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /** The request is at fault; sending it again does not help. */
    public static ApiException invalid(int status, String code, String message) {
        return new ApiException(status, INVALID, code, null, message, 0);
    }

    /** A field is at fault. */
    public static ApiException invalidField(@Nullable String parameter, String message) {
        boolean model = "model".equals(parameter);
        return new ApiException(
                model ? 404 : 400, INVALID, model ? "model_not_found" : "invalid_request", parameter, message, 0);
    }

    /** The topics have no place for a field, be it which it may: that a schema has no model says nothing of models. */
    public static ApiException unwritable(@Nullable String parameter, String message) {
        return new ApiException(400, INVALID, "invalid_request", parameter, message, 0);
    }

    /** Beyond a limit; later it may be taken. */
    public static ApiException tooMany(String message, int retryAfterSeconds) {
        return new ApiException(
                429, "rate_limit_error", "rate_limit_exceeded", null, message, Math.max(1, retryAfterSeconds));
    }

    /** Not now. */
    public static ApiException unavailable(String message) {
        return new ApiException(503, "server_error", "unavailable", null, message, 2);
    }

    /** Failed. */
    public static ApiException failed(String message) {
        return new ApiException(500, "server_error", "inference_error", null, message, 0);
    }

    /** Why a completion has no (whole) answer. */
    static ApiException of(CompletionEvent.Failure failure) {
        ErrorCode code = failure.code();
        return switch (code) {
            case INVALID_REQUEST -> invalidField(failure.param(), failure.message());
            case REJECTED -> tooMany(failure.message(), 1);
            case BUDGET_EXCEEDED -> tooMany(failure.message(), 3600);
            case INFERENCE_ERROR, ANSWER_REFUSED -> failed(failure.message());
            case DEADLINE_EXCEEDED ->
                new ApiException(504, "server_error", "deadline_exceeded", failure.param(), failure.message(), 0);
            case CANCELLED ->
                new ApiException(CLIENT_CLOSED_REQUEST, "cancelled", "cancelled", null, failure.message(), 0);
        };
    }

    public int status() {
        return status;
    }

    /** 0 = no use to try again, or nobody knows when. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    /** {@code {"error":{…}}}. */
    public byte[] body() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("error")
                .put("message", getMessage())
                .put("type", type)
                .put("param", parameter)
                .put("code", code);
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }
}
