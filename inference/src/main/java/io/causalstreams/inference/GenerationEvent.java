package io.causalstreams.inference;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request's stream carries: token chunks of its choices in any interleaving, then one {@link Finished}. */
public sealed interface GenerationEvent {

    /**
     * Tokens a step produced for one choice.
     *
     * <p>Per choice the chunks are gapless and in order. {@code text} is what these tokens allow to show: it never ends
     * inside a character nor shows the beginning of a stop string, so it may lag behind the tokens and may be empty.
     *
     * @param choice index of the choice, 0 ≤ choice &lt; n
     * @param tokenIndex position of {@code tokenIds[0]} in the completion, from 0
     * @param tokenIds at least one
     * @param text the delta
     * @param logprobs one per token when asked for, else null
     * @param parts the delta as what is said, thought and called; lags behind the text where it may become a tag
     */
    record TokenChunk(
            int choice,
            int tokenIndex,
            List<Integer> tokenIds,
            String text,
            @Nullable List<TokenLogprob> logprobs,
            List<AnswerPart> parts)
            implements GenerationEvent {
        public TokenChunk {
            tokenIds = List.copyOf(tokenIds);
            logprobs = logprobs == null ? null : List.copyOf(logprobs);
            parts = List.copyOf(parts);
        }

        /** Tokens of an answer that is nothing but text. */
        public TokenChunk(
                int choice,
                int tokenIndex,
                List<Integer> tokenIds,
                String text,
                @Nullable List<TokenLogprob> logprobs) {
            this(choice, tokenIndex, tokenIds, text, logprobs, AnswerPart.ofText(text));
        }
    }

    /**
     * The end of the request.
     *
     * @param choices one per choice, in order
     * @param promptTokenIds the prompt as the model saw it
     * @param promptLogprobs when asked for: one per prompt token, null first
     * @param classification for {@link GenerationRequest.Task.Classify}: one per label, in the request's order
     * @param embedding for {@link GenerationRequest.Task.Embed}
     * @param ranking for {@link GenerationRequest.Task.Rerank}: one per document, in the request's order
     */
    record Finished(
            List<Choice> choices,
            Usage usage,
            List<Integer> promptTokenIds,
            @Nullable List<@Nullable TokenLogprob> promptLogprobs,
            @Nullable List<LabelScore> classification,
            @Nullable Embedding embedding,
            @Nullable List<Double> ranking)
            implements GenerationEvent {
        public Finished {
            choices = List.copyOf(choices);
            promptTokenIds = List.copyOf(promptTokenIds);
            ranking = ranking == null ? null : List.copyOf(ranking);
        }

        /** The end of a request that generates or classifies. */
        public Finished(
                List<Choice> choices,
                Usage usage,
                List<Integer> promptTokenIds,
                @Nullable List<@Nullable TokenLogprob> promptLogprobs,
                @Nullable List<LabelScore> classification) {
            this(choices, usage, promptTokenIds, promptLogprobs, classification, null, null);
        }
    }

    /**
     * One whole completion, resumed tokens included; {@code text} is the concatenation of all its deltas.
     *
     * @param stopReason the stop string or stop token id that ended it, else null
     * @param parts the text as what is said, thought and called
     */
    record Choice(
            int index,
            String text,
            List<Integer> tokenIds,
            FinishReason finishReason,
            @Nullable Object stopReason,
            @Nullable List<TokenLogprob> logprobs,
            List<AnswerPart> parts) {
        public Choice {
            tokenIds = List.copyOf(tokenIds);
            logprobs = logprobs == null ? null : List.copyOf(logprobs);
            parts = List.copyOf(parts);
        }

        /** A completion that is nothing but text. */
        public Choice(
                int index,
                String text,
                List<Integer> tokenIds,
                FinishReason finishReason,
                @Nullable Object stopReason,
                @Nullable List<TokenLogprob> logprobs) {
            this(index, text, tokenIds, finishReason, stopReason, logprobs, AnswerPart.ofText(text));
        }
    }

    /**
     * A label's score.
     *
     * @param logprob sum of the log-probabilities of the label's tokens after the prompt, natural logarithm
     * @param probability softmax of the logprobs over the labels, 0..1
     */
    record LabelScore(String label, double logprob, double probability) {}
}
