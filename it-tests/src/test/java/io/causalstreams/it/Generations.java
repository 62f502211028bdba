package io.causalstreams.it;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.TokenLogprob;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import reactor.core.publisher.Flux;

/** Requests and what comes back, for tests that look at the engine through its door. */
final class Generations {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private Generations() {}

    static GenerationRequest greedy(String id, List<Integer> prompt, int tokens) {
        return GenerationRequest.of(
                id,
                new Prompt.Tokens(prompt),
                SamplingParams.builder()
                        .temperature(0)
                        .maxTokens(tokens)
                        .ignoreEos(true)
                        .build());
    }

    /** Only scores the prompt: one teacher-forced pass. */
    static GenerationRequest score(String id, List<Integer> prompt) {
        return GenerationRequest.of(
                id,
                new Prompt.Tokens(prompt),
                SamplingParams.builder()
                        .temperature(0)
                        .maxTokens(0)
                        .promptLogprobs(0)
                        .build());
    }

    static GenerationEvent.Finished run(GenerationEngine engine, GenerationRequest request) {
        return runAll(engine, List.of(request)).get(0);
    }

    /** Runs the requests together, so that they share the engine's steps; results in the order of the requests. */
    static List<GenerationEvent.Finished> runAll(GenerationEngine engine, List<GenerationRequest> requests) {
        return Objects.requireNonNull(Flux.fromIterable(requests)
                .flatMapSequential(
                        request -> engine.generate(request).ofType(GenerationEvent.Finished.class),
                        Math.max(1, requests.size()))
                .collectList()
                .block(LIMIT));
    }

    static List<Integer> tokens(GenerationEvent.Finished finished) {
        return finished.choices().get(0).tokenIds();
    }

    /** Log-probabilities of the prompt's tokens from the second on. */
    static List<Double> promptLogprobs(GenerationEvent.Finished finished) {
        return Objects.requireNonNull(finished.promptLogprobs()).stream()
                .skip(1)
                .map(logprob -> Objects.requireNonNull(logprob).logprob())
                .toList();
    }

    /** Log-probabilities of the generated tokens. */
    static List<Double> logprobs(GenerationEvent.Finished finished) {
        return Objects.requireNonNull(finished.choices().get(0).logprobs()).stream()
                .map(TokenLogprob::logprob)
                .toList();
    }
}
