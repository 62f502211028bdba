package io.causalstreams.inference;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the model continues. */
public sealed interface Prompt {

    /**
     * Plain text.
     *
     * @param addSpecialTokens whether the beginning-of-sequence token goes in front where the model wants one
     * @param parseSpecial whether names of special tokens in the text become the tokens, as fill-in-the-middle prompts need;
     *     otherwise they are text, so that text from outside controls nothing
     */
    record Text(String text, boolean addSpecialTokens, boolean parseSpecial) implements Prompt {

        /** The beginning of a sequence; names of special tokens in it are text. */
        public Text(String text) {
            this(text, true, false);
        }
    }

    /**
     * A conversation, rendered by the model's own chat template.
     *
     * @param options tools, and what the template is given beside the messages
     */
    record Chat(List<Message> messages, ChatOptions options) implements Prompt {
        public Chat {
            messages = List.copyOf(messages);
        }

        /** Without tools, with the generation prompt added. */
        public Chat(List<Message> messages) {
            this(messages, ChatOptions.DEFAULT);
        }
    }

    /** Token ids, used as they are. */
    record Tokens(List<Integer> ids) implements Prompt {
        public Tokens {
            ids = List.copyOf(ids);
        }
    }

    /**
     * One turn. Control tokens in any text of it are text.
     *
     * @param role {@code system}, {@code user}, {@code assistant}, {@code tool} or what the template knows; {@code developer}
     *     is {@code system} where it knows no such role
     * @param content the parts of its text; none where an assistant only calls tools. A template that takes lists gets them as
     *     a list, any other joined by line feeds
     * @param name optional author or function name, passed to the template
     * @param reasoning what an assistant thought before it answered; most templates leave it out of earlier turns
     * @param toolCalls what an assistant called
     * @param toolCallId the call that a {@code tool} message answers
     */
    record Message(
            String role,
            List<String> content,
            @Nullable String name,
            @Nullable String reasoning,
            List<ToolCall> toolCalls,
            @Nullable String toolCallId) {

        public Message {
            content = List.copyOf(content);
            toolCalls = List.copyOf(toolCalls);
        }

        public Message(String role, String content) {
            this(role, content, null);
        }

        public Message(String role, String content, @Nullable String name) {
            this(role, List.of(content), name, null, List.of(), null);
        }

        /** The same turn with another text. */
        public Message withText(String text) {
            return new Message(role, List.of(text), name, reasoning, toolCalls, toolCallId);
        }

        /** Its text; parts are joined by line feeds. */
        public String text() {
            return String.join("\n", content);
        }
    }

    /**
     * A call of a tool in an assistant's turn.
     *
     * @param id names the call for the {@code tool} message that answers it
     * @param name of the function
     * @param arguments a JSON object
     */
    record ToolCall(String id, String name, String arguments) {}
}
