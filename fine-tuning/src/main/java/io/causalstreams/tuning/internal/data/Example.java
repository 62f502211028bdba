package io.causalstreams.tuning.internal.data;

import java.util.Arrays;

/** Tokens of a prompt and of what has to follow it. */
public final class Example {
    private final int[] tokens;
    private final int prompt;

    /**
     * Copies the tokens.
     *
     * @param tokens prompt and completion
     * @param prompt how many of them are the prompt's, at least one: the first token of a text has nothing before it
     */
    public Example(int[] tokens, int prompt) {
        if (prompt < 1 || prompt >= tokens.length) {
            throw new IllegalArgumentException("%d tokens of which %d are the prompt's: both parts need at least one"
                    .formatted(tokens.length, prompt));
        }
        this.tokens = tokens.clone();
        this.prompt = prompt;
    }

    /** Tokens in all. */
    public int length() {
        return tokens.length;
    }

    /** Tokens of the completion: those that are predicted. */
    public int predicted() {
        return tokens.length - prompt;
    }

    public int prompt() {
        return prompt;
    }

    public int token(int index) {
        return tokens[index];
    }

    /** How many tokens the prompts of both begin with. */
    int sharedPrompt(Example other) {
        int least = Math.min(prompt, other.prompt);
        int differs = Arrays.mismatch(tokens, 0, least, other.tokens, 0, least);
        return differs < 0 ? least : differs;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Example example && prompt == example.prompt && Arrays.equals(tokens, example.tokens);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(tokens) + prompt;
    }
}
