package io.causalstreams.topology.event;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.causalstreams.inference.TokenLogprob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Log-probabilities of sampled tokens, in the form of the endpoint: OpenAI's chat form or its text completion form. */
@JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
@JsonSubTypes({@JsonSubTypes.Type(Logprobs.Chat.class), @JsonSubTypes.Type(Logprobs.Text.class)})
public sealed interface Logprobs {

    /** JSON has no infinity; the same floor as vLLM's. */
    double FLOOR = -9999.0;

    /** One entry per token. */
    record Chat(List<Entry> content) implements Logprobs {}

    /** A sampled token with the most likely tokens of its position. */
    record Entry(
            String token,
            double logprob,
            List<Integer> bytes,
            @JsonProperty("top_logprobs") List<Top> topLogprobs) {}

    /** One of the most likely tokens. */
    record Top(String token, double logprob, List<Integer> bytes) {}

    /**
     * Parallel lists, one element per token.
     *
     * @param textOffset characters (code points) of the completion before the one in which the token begins
     */
    record Text(
            List<String> tokens,
            @JsonProperty("token_logprobs") List<Double> tokenLogprobs,
            @JsonProperty("top_logprobs") List<Map<String, Double>> topLogprobs,
            @JsonProperty("text_offset") List<Integer> textOffset)
            implements Logprobs {}

    /** The chat form. */
    static Logprobs chat(List<TokenLogprob> tokens) {
        return new Chat(tokens.stream()
                .map(token -> new Entry(
                        token.text(),
                        finite(token.logprob()),
                        token.bytes(),
                        token.alternatives().stream()
                                .map(top -> new Top(top.text(), finite(top.logprob()), top.bytes()))
                                .toList()))
                .toList());
    }

    /** The text completion form; {@code offset} is the number of characters that begin before the first token. */
    static Logprobs text(List<TokenLogprob> tokens, int offset) {
        List<String> texts = new ArrayList<>();
        List<Double> logprobs = new ArrayList<>();
        List<Map<String, Double>> tops = new ArrayList<>();
        List<Integer> offsets = new ArrayList<>();
        int position = offset;
        for (TokenLogprob token : tokens) {
            texts.add(token.text());
            logprobs.add(finite(token.logprob()));
            Map<String, Double> top = new LinkedHashMap<>();
            token.alternatives().forEach(each -> top.putIfAbsent(each.text(), finite(each.logprob())));
            top.putIfAbsent(token.text(), finite(token.logprob()));
            tops.add(top);
            offsets.add(token.continuesCharacter() ? Math.max(0, position - 1) : position);
            position += token.characters();
        }
        return new Text(texts, logprobs, tops, offsets);
    }

    /** {@code logprob}, or the floor for minus infinity and NaN. */
    static double finite(double logprob) {
        return logprob >= FLOOR ? logprob : FLOOR;
    }
}
