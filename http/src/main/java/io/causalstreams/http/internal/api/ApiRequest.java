package io.causalstreams.http.internal.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.http.internal.access.Caller;
import io.causalstreams.http.internal.answer.ApiException;
import io.causalstreams.http.internal.kafka.Prompts.Prompt;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What was asked.
 *
 * @param body members of the prompt event, and those that are for the door
 * @param idempotencyKey names the request, so that it may be sent again; null = it has a name of its own
 * @param headers that go with the prompt
 */
public record ApiRequest(
        Caller caller, ObjectNode body, @Nullable String idempotencyKey, Map<String, String> headers) {
    private static final Pattern IDEMPOTENCY_KEY = Pattern.compile("[!-~]{1,255}");

    /** @throws ApiException 400 if the key is none */
    public ApiRequest {
        if (idempotencyKey != null && !IDEMPOTENCY_KEY.matcher(idempotencyKey).matches()) {
            throw ApiException.invalid(
                    400, "invalid_idempotency_key", "an Idempotency-Key has 1 to 255 visible ASCII characters");
        }
    }

    /** Reads a body. */
    public static ApiRequest of(
            Caller caller, byte[] body, @Nullable String idempotencyKey, Map<String, String> headers) {
        return new ApiRequest(caller, Json.object(body), idempotencyKey, headers);
    }

    /** The request's id: the caller's own name for it, or a new one. */
    String id(String prefix) {
        return caller.own(idempotencyKey != null ? idempotencyKey : prefix + UUID.randomUUID());
    }

    /** Whether the caller may come back for the answer with the same key. */
    boolean isIdempotent() {
        return idempotencyKey != null;
    }

    /**
     * The prompt event of {@code event}, with what the caller may not choose. Turns of a conversation have one key, so that one
     * task has them all.
     */
    Prompt prompt(String id, ObjectNode event) {
        event.put("id", id);
        String name = caller.name();
        if (name != null) {
            event.put("user", name); // whose share of the engine it takes
            if (event.path("priority").isNumber()) {
                event.put("priority", Math.max(0, event.path("priority").asInt()));
            }
        }
        String key = id;
        if (event.path("session_id").isTextual()) {
            key = caller.own(event.path("session_id").textValue());
            event.put("session_id", key);
        }
        return new Prompt(id, key, Json.bytes(event), headers);
    }
}
