package io.causalstreams.inference;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How tokens are chosen and when to stop. Names and meaning follow vLLM and OpenAI; build with {@link #builder()}.
 *
 * <p>Order: logit bias, constraint mask, min-tokens mask → repetition → presence and frequency penalties → temperature →
 * top-k → top-p → min-p → draw. {@code temperature = 0} is greedy: the arg-max after penalties.
 *
 * @param maxTokens tokens to generate at most; 0 = only score the prompt; null = what the context has left
 * @param minTokens no end-of-sequence, stop token or stop string ends the choice before this many tokens
 * @param maxThinkingTokens tokens of a chat answer's reasoning at most, where the model marks it; then its closing tag is written.
 *     0 = it does not think; null = as long as it likes
 * @param ignoreEos do not stop at end-of-sequence; with a constraint, only where nothing else can follow
 * @param temperature ≥ 0
 * @param topP 0 &lt; topP ≤ 1
 * @param topK most likely tokens kept; 0 or -1 = all
 * @param minP 0 ≤ minP ≤ 1, relative to the most likely token
 * @param repetitionPenalty &gt; 0; over the distinct tokens of prompt and completion; 1 = off
 * @param presencePenalty -2..2, over the completion only
 * @param frequencyPenalty -2..2, over the completion only
 * @param logitBias token id → added to its logit, -100..100
 * @param seed null = derived from the request's id, so that a replay gives the same text
 * @param n choices, 1..128, each with a draw stream of its own
 * @param stop strings that end the text; not part of it unless {@code includeStopStrInOutput}; with a constraint, as
 *     {@code stopTokenIds}, only where the text that is left meets it
 * @param logprobs null = none; else the number of alternatives beside each sampled token's own, 0..20
 * @param promptLogprobs null = none; else the number of alternatives beside each prompt token's own, 0..20
 */
public record SamplingParams(
        @Nullable Integer maxTokens,
        int minTokens,
        @Nullable Integer maxThinkingTokens,
        boolean ignoreEos,
        double temperature,
        double topP,
        int topK,
        double minP,
        double repetitionPenalty,
        double presencePenalty,
        double frequencyPenalty,
        Map<Integer, Double> logitBias,
        @Nullable Long seed,
        int n,
        List<String> stop,
        Set<Integer> stopTokenIds,
        boolean includeStopStrInOutput,
        @Nullable Integer logprobs,
        @Nullable Integer promptLogprobs,
        @Nullable OutputConstraint constraint) {

    /** Checks every range. @throws GenerationException.Invalid naming the field by its wire name */
    public SamplingParams {
        require(maxTokens == null || maxTokens >= 0, "max_tokens", maxTokens, "0 or more");
        require(minTokens >= 0, "min_tokens", minTokens, "0 or more");
        require(
                maxTokens == null || minTokens <= maxTokens,
                "min_tokens",
                minTokens,
                "at most max_tokens (" + maxTokens + ")");
        require(
                maxThinkingTokens == null || maxThinkingTokens >= 0,
                "max_thinking_tokens",
                maxThinkingTokens,
                "0 or more");
        require(temperature >= 0 && temperature <= 100, "temperature", temperature, "between 0 and 100");
        require(topP > 0 && topP <= 1, "top_p", topP, "above 0 and at most 1");
        require(topK >= -1, "top_k", topK, "-1 or 0 (all), or the number of tokens to keep");
        require(minP >= 0 && minP <= 1, "min_p", minP, "between 0 and 1");
        require(
                repetitionPenalty > 0 && repetitionPenalty <= 100,
                "repetition_penalty",
                repetitionPenalty,
                "above 0 and at most 100");
        require(presencePenalty >= -2 && presencePenalty <= 2, "presence_penalty", presencePenalty, "between -2 and 2");
        require(
                frequencyPenalty >= -2 && frequencyPenalty <= 2,
                "frequency_penalty",
                frequencyPenalty,
                "between -2 and 2");
        for (Map.Entry<Integer, Double> bias : logitBias.entrySet()) {
            require(
                    bias.getValue() >= -100 && bias.getValue() <= 100,
                    "logit_bias",
                    bias.getValue(),
                    "between -100 and 100");
        }
        require(n >= 1 && n <= 128, "n", n, "between 1 and 128");
        for (String string : stop) {
            require(!string.isEmpty(), "stop", "\"\"", "not empty");
        }
        require(logprobs == null || (logprobs >= 0 && logprobs <= 20), "logprobs", logprobs, "between 0 and 20");
        require(
                promptLogprobs == null || (promptLogprobs >= 0 && promptLogprobs <= 20),
                "prompt_logprobs",
                promptLogprobs,
                "between 0 and 20");
        logitBias = Map.copyOf(logitBias);
        stop = List.copyOf(stop);
        stopTokenIds = Set.copyOf(stopTokenIds);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Starts from these parameters. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Greedy, at most {@code maxTokens}. */
    public static SamplingParams greedy(int maxTokens) {
        return builder().temperature(0).maxTokens(maxTokens).build();
    }

    private static void require(boolean holds, String field, @Nullable Object value, String range) {
        if (!holds) {
            throw new GenerationException.Invalid(field, field + " is " + value + "; it must be " + range);
        }
    }

    /** Starts from the defaults of vLLM: temperature 1, everything else off, one choice. */
    public static final class Builder {
        private @Nullable Integer maxTokens;
        private int minTokens;
        private @Nullable Integer maxThinkingTokens;
        private boolean ignoreEos;
        private double temperature = 1;
        private double topP = 1;
        private int topK;
        private double minP;
        private double repetitionPenalty = 1;
        private double presencePenalty;
        private double frequencyPenalty;
        private Map<Integer, Double> logitBias = Map.of();
        private @Nullable Long seed;
        private int n = 1;
        private List<String> stop = List.of();
        private Set<Integer> stopTokenIds = Set.of();
        private boolean includeStopStrInOutput;
        private @Nullable Integer logprobs;
        private @Nullable Integer promptLogprobs;
        private @Nullable OutputConstraint constraint;

        private Builder() {}

        private Builder(SamplingParams from) {
            maxTokens = from.maxTokens;
            minTokens = from.minTokens;
            maxThinkingTokens = from.maxThinkingTokens;
            ignoreEos = from.ignoreEos;
            temperature = from.temperature;
            topP = from.topP;
            topK = from.topK;
            minP = from.minP;
            repetitionPenalty = from.repetitionPenalty;
            presencePenalty = from.presencePenalty;
            frequencyPenalty = from.frequencyPenalty;
            logitBias = from.logitBias;
            seed = from.seed;
            n = from.n;
            stop = from.stop;
            stopTokenIds = from.stopTokenIds;
            includeStopStrInOutput = from.includeStopStrInOutput;
            logprobs = from.logprobs;
            promptLogprobs = from.promptLogprobs;
            constraint = from.constraint;
        }

        public Builder maxTokens(@Nullable Integer maxTokens) {
            this.maxTokens = maxTokens;
            return this;
        }

        public Builder minTokens(int minTokens) {
            this.minTokens = minTokens;
            return this;
        }

        public Builder maxThinkingTokens(@Nullable Integer maxThinkingTokens) {
            this.maxThinkingTokens = maxThinkingTokens;
            return this;
        }

        public Builder ignoreEos(boolean ignoreEos) {
            this.ignoreEos = ignoreEos;
            return this;
        }

        public Builder temperature(double temperature) {
            this.temperature = temperature;
            return this;
        }

        public Builder topP(double topP) {
            this.topP = topP;
            return this;
        }

        public Builder topK(int topK) {
            this.topK = topK;
            return this;
        }

        public Builder minP(double minP) {
            this.minP = minP;
            return this;
        }

        public Builder repetitionPenalty(double repetitionPenalty) {
            this.repetitionPenalty = repetitionPenalty;
            return this;
        }

        public Builder presencePenalty(double presencePenalty) {
            this.presencePenalty = presencePenalty;
            return this;
        }

        public Builder frequencyPenalty(double frequencyPenalty) {
            this.frequencyPenalty = frequencyPenalty;
            return this;
        }

        public Builder logitBias(Map<Integer, Double> logitBias) {
            this.logitBias = logitBias;
            return this;
        }

        public Builder seed(@Nullable Long seed) {
            this.seed = seed;
            return this;
        }

        public Builder n(int n) {
            this.n = n;
            return this;
        }

        public Builder stop(List<String> stop) {
            this.stop = stop;
            return this;
        }

        public Builder stopTokenIds(Set<Integer> stopTokenIds) {
            this.stopTokenIds = stopTokenIds;
            return this;
        }

        public Builder includeStopStrInOutput(boolean includeStopStrInOutput) {
            this.includeStopStrInOutput = includeStopStrInOutput;
            return this;
        }

        public Builder logprobs(@Nullable Integer logprobs) {
            this.logprobs = logprobs;
            return this;
        }

        public Builder promptLogprobs(@Nullable Integer promptLogprobs) {
            this.promptLogprobs = promptLogprobs;
            return this;
        }

        public Builder constraint(@Nullable OutputConstraint constraint) {
            this.constraint = constraint;
            return this;
        }

        public SamplingParams build() {
            return new SamplingParams(
                    maxTokens,
                    minTokens,
                    maxThinkingTokens,
                    ignoreEos,
                    temperature,
                    topP,
                    topK,
                    minP,
                    repetitionPenalty,
                    presencePenalty,
                    frequencyPenalty,
                    logitBias,
                    seed,
                    n,
                    stop,
                    stopTokenIds,
                    includeStopStrInOutput,
                    logprobs,
                    promptLogprobs,
                    constraint);
        }
    }
}
