package io.causalstreams.http;

import java.util.List;

/**
 * Names of the operator's topics.
 *
 * @param group in which the operator reads the prompts; the console tells how far it is
 */
public record DoorTopics(String prompts, String tokens, String completions, String deadLetters, String group) {

    /** @throws HttpDoorException if there are no tokens or no completions to read */
    public DoorTopics {
        if (tokens.isEmpty() || completions.isEmpty()) {
            throw new HttpDoorException("the HTTP door reads answers back from the topics of tokens and completions;"
                    + " name both in --config (causal.streams.tokens.topic, causal.streams.completions.topic)");
        }
    }

    /** What answers are read from. */
    public List<String> outputs() {
        return deadLetters.isEmpty() ? List.of(tokens, completions) : List.of(tokens, completions, deadLetters);
    }
}
