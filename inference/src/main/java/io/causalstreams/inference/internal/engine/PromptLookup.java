package io.causalstreams.inference.internal.engine;

import java.util.Arrays;

/**
 * Guesses the next tokens of a sequence by looking up its last few tokens further in front and copying what followed:
 * prompt-lookup decoding (Saxena 2023; {@code prompt_lookup_num_tokens} in transformers). Right where a text repeats
 * itself or its prompt: summaries, extraction, code, JSON.
 *
 * <p>After a guess that was wholly wrong it pauses for 1, 2, 4, … up to {@value #LONGEST_PAUSE} steps, so that a text
 * which only seems to repeat itself costs little. Cost of a guess: one comparison per token of the sequence.
 *
 * <p>Threading: engine thread only. Asking changes nothing but the pause; {@link #learn} is for the commit.
 */
final class PromptLookup {
    private static final int LONGEST_PAUSE = 16;
    private static final int LONGEST_MATCH = 3;
    private static final int SHORTEST_MATCH = 2;

    private int pause;
    private int nextPause = 1;

    /** At most {@code most} tokens that followed the latest earlier occurrence of the end of {@code tokens[0..length)}. */
    int[] propose(int[] tokens, int length, int most) {
        if (most <= 0) {
            return new int[0];
        }
        if (pause > 0) {
            pause--;
            return new int[0];
        }
        for (int match = LONGEST_MATCH; match >= SHORTEST_MATCH; match--) {
            for (int end = length - 1; end >= match; end--) {
                if (endsAlike(tokens, end, length, match)) {
                    return Arrays.copyOfRange(tokens, end, Math.min(length, end + most));
                }
            }
        }
        return new int[0];
    }

    /** The last guess had {@code right} right tokens at its beginning. */
    void learn(int right) {
        if (right > 0) {
            nextPause = 1;
        } else {
            pause = nextPause;
            nextPause = Math.min(LONGEST_PAUSE, nextPause * 2);
        }
    }

    private static boolean endsAlike(int[] tokens, int end, int length, int match) {
        for (int i = 1; i <= match; i++) {
            if (tokens[end - i] != tokens[length - i]) {
                return false;
            }
        }
        return true;
    }
}
