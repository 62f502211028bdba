package io.causalstreams.topology.event;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.causalstreams.inference.TokenLogprob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A token's score at a position of the prompt, in vLLM's form.
 *
 * @param rank 1 = most likely
 */
public record PromptLogprob(
        double logprob,
        int rank,
        @JsonProperty("decoded_token") String decodedToken) {

    /** Per position the scores by token id, the prompt's own token first; null for the first position, which has no context. */
    static List<@Nullable Map<String, PromptLogprob>> of(List<@Nullable TokenLogprob> positions) {
        List<@Nullable Map<String, PromptLogprob>> all = new ArrayList<>(positions.size());
        for (TokenLogprob position : positions) {
            all.add(position == null ? null : at(position));
        }
        return all;
    }

    private static Map<String, PromptLogprob> at(TokenLogprob own) {
        Map<String, PromptLogprob> scores = new LinkedHashMap<>();
        scores.put(
                Integer.toString(own.tokenId()),
                new PromptLogprob(Logprobs.finite(own.logprob()), own.rank(), own.text()));
        int rank = 1;
        for (TokenLogprob.Alternative each : own.alternatives()) {
            scores.putIfAbsent(
                    Integer.toString(each.tokenId()),
                    new PromptLogprob(Logprobs.finite(each.logprob()), rank, each.text()));
            rank++;
        }
        return scores;
    }
}
