package io.causalstreams.inference;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the model continues. */
public sealed interface Prompt {

    /** Plain text, tokenized as text (special tokens in it are text, not control); the model's BOS is added if it wants one. */
    record Text(String text) implements Prompt {}

    /** A conversation, rendered by the model's own chat template with the generation prompt added. */
    record Chat(List<Message> messages) implements Prompt {
        public Chat {
            messages = List.copyOf(messages);
        }
    }

    /** Token ids, used as they are. */
    record Tokens(List<Integer> ids) implements Prompt {
        public Tokens {
            ids = List.copyOf(ids);
        }
    }

    /**
     * One turn.
     *
     * @param role {@code system}, {@code user}, {@code assistant} or what the template knows
     * @param content text; control tokens in it are text
     * @param name optional author name, passed to the template
     */
    record Message(String role, String content, @Nullable String name) {
        public Message(String role, String content) {
            this(role, content, null);
        }
    }
}
