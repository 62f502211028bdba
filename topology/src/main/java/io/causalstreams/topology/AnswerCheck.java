package io.causalstreams.topology;

import io.causalstreams.topology.event.CompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * Checks answers, for {@link Asked#validated}.
 *
 * @param <V> value of the records
 */
@FunctionalInterface
public interface AnswerCheck<V> {

    /**
     * What is wrong with an answer, as it is said to the model; null = nothing. A pure function.
     *
     * @param answer without an error
     */
    @Nullable
    String objection(V value, CompletionEvent answer);
}
