package io.causalstreams.topology;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.causalstreams.topology.event.CompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * What the model found in a record.
 *
 * @param value the facts, or null when the request failed or ran out of tokens before its JSON was whole
 * @param completion the text, or the error
 */
public record Extracted<T>(@Nullable T value, CompletionEvent completion) {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    static <T> Extracted<T> of(Class<T> type, CompletionEvent completion) {
        if (completion.error() != null) {
            return new Extracted<>(null, completion);
        }
        try {
            return new Extracted<>(MAPPER.readValue(completion.content(), type), completion);
        } catch (JsonProcessingException e) {
            return new Extracted<>(null, completion);
        }
    }
}
