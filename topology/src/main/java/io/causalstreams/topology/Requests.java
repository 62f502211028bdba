package io.causalstreams.topology;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.GenerationRequest.Task;
import io.causalstreams.inference.OutputConstraint;
import java.util.List;
import org.apache.kafka.streams.kstream.ValueMapper;
import org.jspecify.annotations.Nullable;

/** Requests with one thing changed. */
final class Requests {

    private Requests() {}

    /** @param text what may have to be copied of the value; null = what the request says */
    static <V> GenerationRequest constrained(
            GenerationRequest request, OutputConstraint form, V value, @Nullable ValueMapper<? super V, String> text) {
        OutputConstraint constraint =
                text == null ? form : new OutputConstraint.Verbatim(form, List.of(text.apply(value)));
        return request.withSampling(
                request.sampling().toBuilder().constraint(constraint).build());
    }

    /** Has the engine report the probability of each token, which a task that generates nothing has anyway. */
    static GenerationRequest scored(GenerationRequest request) {
        return request.sampling().logprobs() != null
                ? request
                : request.withSampling(
                        request.sampling().toBuilder().logprobs(0).build());
    }

    static GenerationRequest classifying(GenerationRequest request, List<String> labels) {
        return request.withTask(new Task.Classify(labels));
    }

    /** Keeps the options of a question that asks for an embedding already. */
    static GenerationRequest embedding(GenerationRequest request) {
        return request.task() instanceof Task.Embed ? request : request.withTask(new Task.Embed());
    }

    /** Keeps the options of a question that ranks already. */
    static GenerationRequest reranking(GenerationRequest request, List<String> documents) {
        Task.Rerank asked = request.task() instanceof Task.Rerank rerank ? rerank : new Task.Rerank(documents);
        return request.withTask(new Task.Rerank(documents, asked.instruction(), asked.scoring(), asked.truncate()));
    }
}
