package io.causalstreams.topology;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.internal.answer.Inquiry;
import org.jspecify.annotations.Nullable;

/**
 * An inquiry whose answers are told apart by how probable they are.
 *
 * @param below which probability an answer is unsure
 */
record SureInquiry<V, R>(Inquiry<V, R> inquiry, double below) implements Inquiry<V, SureInquiry.Answer<V, R>> {

    /** Either. */
    sealed interface Answer<V, R> {}

    record Sure<V, R>(R result) implements Answer<V, R> {}

    record Unsure<V, R>(V value, double probability, String answer) implements Answer<V, R> {}

    @Override
    public @Nullable String form() {
        return inquiry.form();
    }

    @Override
    public GenerationRequest request(V value, @Nullable String form) {
        return Requests.scored(inquiry.request(value, form));
    }

    @Override
    public Answer<V, R> join(V value, CompletionEvent completion, @Nullable String form) {
        double probability =
                completion.error() == null ? completion.probability().orElse(1) : 1;
        return probability < below
                ? new Unsure<>(value, probability, answer(completion))
                : new Sure<>(inquiry.join(value, completion, form));
    }

    private static String answer(CompletionEvent completion) {
        String label = Classified.of("", completion).label();
        return label != null ? label : completion.content();
    }

    @Override
    public @Nullable String objection(V value, CompletionEvent completion) {
        return inquiry.objection(value, completion);
    }
}
