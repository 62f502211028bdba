package io.causalstreams.topology;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.GenerationRequest.Task;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.SamplingParams;
import java.util.List;

/** Requests with one thing changed. */
final class Requests {

    private Requests() {}

    static GenerationRequest constrained(GenerationRequest request, OutputConstraint constraint) {
        SamplingParams old = request.sampling();
        SamplingParams sampling = new SamplingParams(
                old.maxTokens(),
                old.minTokens(),
                old.ignoreEos(),
                old.temperature(),
                old.topP(),
                old.topK(),
                old.minP(),
                old.repetitionPenalty(),
                old.presencePenalty(),
                old.frequencyPenalty(),
                old.logitBias(),
                old.seed(),
                old.n(),
                old.stop(),
                old.stopTokenIds(),
                old.includeStopStrInOutput(),
                old.logprobs(),
                old.promptLogprobs(),
                constraint);
        return with(request, request.task(), sampling);
    }

    static GenerationRequest classifying(GenerationRequest request, List<String> labels) {
        return with(request, new Task.Classify(labels), request.sampling());
    }

    private static GenerationRequest with(GenerationRequest request, Task task, SamplingParams sampling) {
        return new GenerationRequest(
                request.id(),
                request.prompt(),
                task,
                sampling,
                request.resumeFrom(),
                request.priority(),
                request.deadline(),
                request.user());
    }
}
