package io.causalstreams.inference;

import java.util.List;

/**
 * Log-probability of a token at its position, with the most likely alternatives.
 *
 * @param tokenId the token
 * @param text its own text; not valid UTF-8 alone for byte tokens, then U+FFFD
 * @param logprob natural logarithm, under the model's distribution before sampling changed it (vLLM {@code raw_logprobs})
 * @param rank 1 = most likely
 * @param alternatives the top tokens, most likely first, as many as were asked for
 */
public record TokenLogprob(int tokenId, String text, double logprob, int rank, List<Alternative> alternatives) {

    public TokenLogprob {
        alternatives = List.copyOf(alternatives);
    }

    /** One of the most likely tokens; its rank is its place in the list, from 1. */
    public record Alternative(int tokenId, String text, double logprob) {}
}
