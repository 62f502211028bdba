package io.causalstreams.topology;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.internal.answer.Inquiry;
import org.jspecify.annotations.Nullable;

/** An inquiry whose answers are checked. */
record CheckedInquiry<V, R>(Inquiry<V, R> inquiry, AnswerCheck<? super V> check) implements Inquiry<V, R> {

    @Override
    public @Nullable String form() {
        return inquiry.form();
    }

    @Override
    public GenerationRequest request(V value, @Nullable String form) {
        return inquiry.request(value, form);
    }

    @Override
    public R join(V value, CompletionEvent completion, @Nullable String form) {
        return inquiry.join(value, completion, form);
    }

    @Override
    public @Nullable String objection(V value, CompletionEvent completion) {
        return check.objection(value, completion);
    }
}
