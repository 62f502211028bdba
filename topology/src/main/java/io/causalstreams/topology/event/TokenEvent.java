package io.causalstreams.topology.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of one choice, as an OpenAI chunk.
 *
 * @param id the request's id
 * @param object {@code chat.completion.chunk} or {@code text_completion}
 * @param created unix seconds of the prompt, the same in every event of the request
 * @param model the model's name
 * @param choices exactly one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TokenEvent(String id, String object, long created, String model, List<Choice> choices) {

    /** CloudEvents type of this version. */
    public static final String TYPE = "io.causalstreams.token.v1";

    public TokenEvent {
        choices = List.copyOf(choices);
    }

    /**
     * The tokens.
     *
     * @param index the choice, 0 ≤ index &lt; n
     * @param delta the text, for chat
     * @param text the text, for text completions
     * @param tokenIndex position of the first token in the completion, from 0
     * @param tokenCount tokens in this event, at least 1; the next event's {@code tokenIndex} is {@code tokenIndex + tokenCount}
     * @param tokenIds with {@code return_token_ids}
     * @param logprobs with {@code logprobs}
     * @param finishReason always null; it is in the completion event
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Choice(
            int index,
            @Nullable Delta delta,
            @Nullable String text,
            int tokenIndex,
            int tokenCount,
            @Nullable List<Integer> tokenIds,
            @Nullable Logprobs logprobs,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String finishReason) {

        /** The text this event adds, whatever the shape. */
        public String content() {
            return delta != null ? delta.content() : text != null ? text : "";
        }
    }

    /**
     * What a chat chunk adds to the message.
     *
     * @param role {@code assistant} in the first event of a choice, then absent
     * @param reasoningContent what the model thinks before it answers
     * @param toolCalls calls that begin or go on here
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Delta(
            @Nullable String role,
            String content,
            @Nullable String reasoningContent,
            @Nullable List<ToolCall> toolCalls) {}
}
