package io.causalstreams.topology.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.causalstreams.inference.Embedding;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The end of a request, as an OpenAI completion; exactly one per request.
 *
 * @param id the request's id
 * @param object {@code chat.completion} or {@code text_completion}
 * @param created unix seconds of the prompt
 * @param model the model's name
 * @param choices one per choice, in order
 * @param systemFingerprint the model's revision: digest of graph and weights
 * @param promptTokenIds with {@code return_token_ids}
 * @param classification for {@code task = classify}: one per label, in the request's order
 * @param error when it failed
 * @param embedding for {@code task = embed}: the vector
 * @param ranking for {@code task = rerank}: the documents, the most relevant first
 * @param adapterVersion digest of the adapter that answered, where it came by the adapters topic
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CompletionEvent(
        String id,
        String object,
        long created,
        String model,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<Choice> choices, // Protobuf leaves out what is empty
        Usage usage,
        String systemFingerprint,
        @Nullable List<Integer> promptTokenIds,
        @Nullable List<Label> classification,
        @Nullable Failure error,
        @Nullable Embedding embedding,
        @Nullable List<Ranked> ranking,
        @Nullable String adapterVersion) {

    /** CloudEvents type of this version. */
    public static final String TYPE = "io.causalstreams.completion.v1";

    public CompletionEvent {
        choices = List.copyOf(choices);
    }

    /**
     * How probable the answer was, 0..1: of the best label, or, of a text, the geometric mean over the tokens of the first choice.
     * Empty when it has none: a text needs {@code logprobs}.
     */
    public OptionalDouble probability() {
        if (classification != null) {
            return classification.stream().mapToDouble(Label::probability).max();
        }
        Logprobs scores = choices.isEmpty() ? null : choices.get(0).logprobs();
        if (scores == null) {
            return OptionalDouble.empty();
        }
        OptionalDouble mean = scores instanceof Logprobs.Chat chat
                ? chat.content().stream().mapToDouble(Logprobs.Entry::logprob).average()
                : ((Logprobs.Text) scores)
                        .tokenLogprobs().stream()
                                .mapToDouble(Double::doubleValue)
                                .average();
        return mean.isPresent() ? OptionalDouble.of(Math.exp(mean.getAsDouble())) : mean;
    }

    /** The same with an error. */
    public CompletionEvent withError(Failure failure) {
        return new CompletionEvent(
                id,
                object,
                created,
                model,
                choices,
                usage,
                systemFingerprint,
                promptTokenIds,
                classification,
                failure,
                embedding,
                ranking,
                adapterVersion);
    }

    /** The text of the first choice, whatever the shape; empty when there is none. */
    public String content() {
        return choices.isEmpty() ? "" : choices.get(0).content();
    }

    /**
     * One whole completion.
     *
     * @param message the text, for chat
     * @param text the text, for text completions
     * @param finishReason {@code stop}, {@code length}, {@code cancelled}, {@code deadline_exceeded} or {@code error}
     * @param logprobs with {@code logprobs}: one entry per token
     * @param promptLogprobs with {@code prompt_logprobs}: per prompt token the scores by token id, null first
     * @param tokenIds with {@code return_token_ids}
     * @param stopReason the stop string or stop token id that ended it
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Choice(
            int index,
            @Nullable Message message,
            @Nullable String text,
            String finishReason,
            @Nullable Logprobs logprobs,
            @Nullable List<@Nullable Map<String, PromptLogprob>> promptLogprobs,
            @Nullable List<Integer> tokenIds,
            @Nullable Object stopReason) {

        /** The text, whatever the shape. */
        public String content() {
            String shown = message != null ? message.content() : text;
            return shown == null ? "" : shown;
        }
    }

    /**
     * The assistant's turn.
     *
     * @param content null where it does nothing but call tools
     * @param reasoningContent what the model thought before it answered
     * @param toolCalls the tools it calls
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Message(
            String role,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String content,

            @Nullable String reasoningContent,
            @Nullable List<ToolCall> toolCalls) {}

    /** Token counts; completion tokens are those of all choices. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Usage(
            int promptTokens, int completionTokens, int totalTokens, PromptTokensDetails promptTokensDetails) {

        static Usage of(int promptTokens, int completionTokens, int cachedTokens) {
            return new Usage(
                    promptTokens,
                    completionTokens,
                    promptTokens + completionTokens,
                    new PromptTokensDetails(cachedTokens));
        }
    }

    /** Prompt tokens whose cache was reused instead of computed. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record PromptTokensDetails(int cachedTokens) {}

    /**
     * A label's score.
     *
     * @param probability 0..1; over the labels they sum to 1
     * @param logprob natural logarithm of the label's probability after the prompt
     */
    public record Label(String label, double probability, double logprob) {}

    /**
     * A document's place, as rerank services tell it.
     *
     * @param index of the document in the request, from 0
     * @param relevanceScore how well it answers the query, larger is better: a probability, 0..1, of most models; with
     *     {@code scoring} {@code query_logprob} a log-probability, -∞..0
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Ranked(int index, double relevanceScore) {}

    /**
     * Why there is no (whole) answer.
     *
     * @param param the request field at fault, by its wire name
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Failure(
            ErrorCode code, String message, @Nullable String param) {}
}
