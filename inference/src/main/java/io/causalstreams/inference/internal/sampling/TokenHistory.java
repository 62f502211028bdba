package io.causalstreams.inference.internal.sampling;

import java.util.Arrays;

/**
 * The tokens of one choice so far: its prompt and its completion, with what penalties need to know about them.
 *
 * <p>Threading: engine thread only.
 */
public final class TokenHistory {
    private final int promptLength;
    private final TokenCounts counts = new TokenCounts();
    private int[] tokens;
    private int length;

    public TokenHistory(int[] promptTokens) {
        promptLength = promptTokens.length;
        tokens = Arrays.copyOf(promptTokens, promptLength + 16);
        length = promptLength;
        for (int token : promptTokens) {
            counts.add(token, 0);
        }
    }

    /** Appends a token to the completion. */
    public void append(int tokenId) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, length * 2);
        }
        tokens[length++] = tokenId;
        counts.add(tokenId, 1);
    }

    /** Tokens appended so far; also the position the next draw is keyed by. */
    public int completionLength() {
        return length - promptLength;
    }

    /** Prompt and completion together, in tokens. */
    public int length() {
        return length;
    }

    /** The token at {@code position} of prompt and completion together. */
    public int token(int position) {
        if (position >= length) {
            throw new IndexOutOfBoundsException("position " + position + " of " + length + " tokens");
        }
        return tokens[position];
    }

    /** A copy of the completion's tokens. */
    public int[] completionTokens() {
        return Arrays.copyOfRange(tokens, promptLength, length);
    }

    /** Calls {@code visitor} once per distinct token of prompt and completion. */
    void forEachDistinct(TokenCounts.Visitor visitor) {
        counts.forEach(visitor);
    }
}
