package io.causalstreams.topology;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.causalstreams.topology.event.CompletionEvent;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A record with the facts the model found in it.
 *
 * @param value the record's value
 * @param found the facts, or null when the request failed or ran out of tokens before its JSON was whole
 * @param completion the text, or the error
 */
public record Extracted<V, T>(V value, @Nullable T found, CompletionEvent completion) {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(new Jdk8Module()) // Optional
            .build();

    /** What was found, or {@code otherwise}. */
    public T orElse(T otherwise) {
        return found != null ? found : otherwise;
    }

    /** Why nothing was found; empty when there is one. */
    public Optional<String> problem() {
        if (found != null) {
            return Optional.empty();
        }
        CompletionEvent.Failure error = completion.error();
        if (error != null) {
            return Optional.of(error.message());
        }
        boolean cut = completion.choices().stream()
                .anyMatch(choice -> choice.finishReason().equals("length"));
        return Optional.of(
                cut
                        ? "the JSON is not whole after " + completion.usage().completionTokens()
                                + " tokens; give the request more"
                        : "the text is no JSON of the record's form");
    }

    /** Reads JSON of a record class. @throws IllegalArgumentException if it is none */
    static <T> T read(Class<T> type, String json) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static <V, T> Extracted<V, T> of(Function<String, T> reader, V value, CompletionEvent completion) {
        if (completion.error() != null) {
            return new Extracted<>(value, null, completion);
        }
        try {
            return new Extracted<>(value, reader.apply(completion.content()), completion);
        } catch (RuntimeException e) {
            return new Extracted<>(value, null, completion);
        }
    }
}
