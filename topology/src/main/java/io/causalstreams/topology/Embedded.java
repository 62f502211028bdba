package io.causalstreams.topology;

import io.causalstreams.inference.Embedding;
import io.causalstreams.topology.event.CompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * A record with the vector of its text.
 *
 * @param value the record's value
 * @param embedding the vector, or null when the request failed
 * @param completion the vector and its cost in tokens, or the error
 */
public record Embedded<V>(V value, @Nullable Embedding embedding, CompletionEvent completion) {

    static <V> Embedded<V> of(V value, CompletionEvent completion) {
        return new Embedded<>(value, completion.error() == null ? completion.embedding() : null, completion);
    }
}
