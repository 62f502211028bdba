package io.causalstreams.app.internal.bench;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * Requests of one shape: random prompts, none like another, greedy, exactly {@code completionTokens} long.
 *
 * @param promptTokens at least 1
 * @param completionTokens at least 1
 * @param vocabularySize tokens to draw prompts from
 */
public record Workload(int promptTokens, int completionTokens, int vocabularySize) {

    /** The prompt of request {@code number}, the same in every run. */
    List<Integer> prompt(long number) {
        SplittableRandom random = new SplittableRandom(number);
        return random.ints(promptTokens, 0, vocabularySize).boxed().toList();
    }

    GenerationRequest request(long number) {
        return GenerationRequest.of("bench-" + number, new Prompt.Tokens(prompt(number)), sampling(completionTokens));
    }

    /** {@code count} requests from {@code firstNumber} on. */
    List<GenerationRequest> requests(long firstNumber, int count) {
        return LongStream.range(firstNumber, firstNumber + count)
                .mapToObj(this::request)
                .toList();
    }

    /** Greedy, and to the end whatever comes. */
    static SamplingParams sampling(int completionTokens) {
        return SamplingParams.builder()
                .temperature(0)
                .ignoreEos(true)
                .maxTokens(completionTokens)
                .build();
    }

    /** The same prompts with other completions. */
    Workload withCompletionTokens(int completionTokens) {
        return new Workload(promptTokens, completionTokens, vocabularySize);
    }
}
