package io.causalstreams.topology;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.GenerationRequest.Task;
import io.causalstreams.inference.OutputConstraint;
import java.util.List;

/** Requests with one thing changed. */
final class Requests {

    private Requests() {}

    static GenerationRequest constrained(GenerationRequest request, OutputConstraint constraint) {
        return request.withSampling(
                request.sampling().toBuilder().constraint(constraint).build());
    }

    static GenerationRequest classifying(GenerationRequest request, List<String> labels) {
        return request.withTask(new Task.Classify(labels));
    }
}
