package io.causalstreams.topology.internal.answer;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.topology.event.CompletionEvent;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is asked about a value, and what becomes of the answer; both pure, but for the version of the answer's form, which is
 * journaled with the record.
 *
 * @param <V> the value
 * @param <R> the value with its answer
 */
public interface Inquiry<V, R> {

    /** The version of the form that records are asked for which arrive now; null = the form has none. */
    @Nullable
    String form();

    /**
     * What to ask.
     *
     * @param form as of the record's arrival
     */
    GenerationRequest request(V value, @Nullable String form);

    /**
     * The value with its answer.
     *
     * @param form as of the record's arrival
     */
    R join(V value, CompletionEvent completion, @Nullable String form);

    /** Why an answer is refused; the question is asked once more with this behind it. null = it is not. */
    default @Nullable String objection(V value, CompletionEvent completion) {
        return null;
    }

    /** One whose answers have no form that changes. */
    static <V, R> Inquiry<V, R> of(Function<V, GenerationRequest> request, BiFunction<V, CompletionEvent, R> join) {
        return new Inquiry<>() {
            @Override
            public @Nullable String form() {
                return null;
            }

            @Override
            public GenerationRequest request(V value, @Nullable String form) {
                return request.apply(value);
            }

            @Override
            public R join(V value, CompletionEvent completion, @Nullable String form) {
                return join.apply(value, completion);
            }
        };
    }
}
