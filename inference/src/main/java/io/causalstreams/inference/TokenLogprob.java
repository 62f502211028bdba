package io.causalstreams.inference;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Log-probability of a token at its position, with the most likely alternatives.
 *
 * @param tokenId the token
 * @param text its own text; not valid UTF-8 alone for byte tokens, then U+FFFD
 * @param bytes what it adds to the completion, 0..255 each: of a character that is split over tokens, its own part; none for a
 *     special token that is not in the text. Those of a choice's tokens, one after another, are its text in UTF-8
 * @param logprob natural logarithm, under the model's distribution before sampling changed it (vLLM {@code raw_logprobs})
 * @param rank 1 = most likely
 * @param alternatives the top tokens, most likely first, as many as were asked for
 */
public record TokenLogprob(
        int tokenId, String text, List<Integer> bytes, double logprob, int rank, List<Alternative> alternatives) {

    public TokenLogprob {
        bytes = List.copyOf(bytes);
        alternatives = List.copyOf(alternatives);
    }

    /** A token whose bytes are its text. */
    public TokenLogprob(int tokenId, String text, double logprob, int rank, List<Alternative> alternatives) {
        this(tokenId, text, utf8(text), logprob, rank, alternatives);
    }

    /** Characters (code points) that begin in this token. */
    public int characters() {
        return Math.toIntExact(bytes.stream().filter(each -> !continues(each)).count());
    }

    /** Whether it begins inside a character that an earlier token began. */
    public boolean continuesCharacter() {
        return !bytes.isEmpty() && continues(bytes.get(0));
    }

    /** The bytes of a text. */
    public static List<Integer> utf8(String text) {
        return unsigned(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes as 0..255. */
    public static List<Integer> unsigned(byte[] bytes) {
        return IntStream.range(0, bytes.length).mapToObj(i -> bytes[i] & 0xff).toList();
    }

    /** Continuation bytes of UTF-8 are 10xxxxxx. */
    private static boolean continues(int each) {
        return (each & 0xc0) == 0x80;
    }

    /** One of the most likely tokens; its rank is its place in the list, from 1. */
    public record Alternative(int tokenId, String text, List<Integer> bytes, double logprob) {

        public Alternative {
            bytes = List.copyOf(bytes);
        }

        /** A token whose bytes are its text. */
        public Alternative(int tokenId, String text, double logprob) {
            this(tokenId, text, utf8(text), logprob);
        }
    }
}
