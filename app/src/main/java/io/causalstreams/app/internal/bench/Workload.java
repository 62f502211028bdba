package io.causalstreams.app.internal.bench;

import io.causalstreams.inference.SamplingParams;
import java.util.List;
import java.util.SplittableRandom;

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

    SamplingParams sampling() {
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
