package io.causalstreams.http.internal.kafka;

import io.causalstreams.http.DoorTopics;
import io.causalstreams.http.HttpDoorException;
import io.causalstreams.topology.FormUnavailableException;
import io.causalstreams.topology.ValueFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * Whether completions in the format of the topics have what the door's clients can ask for by prompts in it. A schema leaves out
 * fields that it has not got; what a prompt cannot say is refused when it is asked for ({@link Prompts}). Protobuf leaves out zeros of
 * fields that it has, too, which are read as zeros again: the samples have none.
 */
public final class DoorSchemas {
    private static final String CHAT = "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]";
    private static final String TEXT = "\"prompt\":\"a\"";
    private static final String MESSAGE = "\"message\":{\"role\":\"assistant\",\"content\":\"a\"}";
    private static final String TOKEN = "{\"token\":\"a\",\"logprob\":-0.5,\"bytes\":[97],"
            + "\"top_logprobs\":[{\"token\":\"a\",\"logprob\":-0.5,\"bytes\":[97]}]}";
    private static final String CALL =
            "{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}";
    private static final String FUNCTION =
            "{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}}";

    private static final List<Pair> PAIRS = List.of(
            new Pair("messages", CHAT, choice(MESSAGE)),
            new Pair("prompt", TEXT, choice("\"text\":\"a\"")),
            new Pair(
                    "logprobs",
                    CHAT + ",\"logprobs\":true",
                    choice(MESSAGE + ",\"logprobs\":{\"content\":[" + TOKEN + "]}")),
            new Pair(
                    "logprobs",
                    TEXT + ",\"logprobs\":1",
                    choice("\"text\":\"a\",\"logprobs\":{\"tokens\":[\"a\"],\"token_logprobs\":[-0.5],"
                            + "\"top_logprobs\":[{\"a\":-0.5}],\"text_offset\":[1]}")),
            new Pair(
                    "prompt_logprobs",
                    TEXT + ",\"prompt_logprobs\":1",
                    choice("\"text\":\"a\",\"prompt_logprobs\":[{\"1\":{\"logprob\":-0.5,\"rank\":1,"
                            + "\"decoded_token\":\"a\"}}]")),
            new Pair(
                    "return_token_ids",
                    TEXT + ",\"return_token_ids\":true",
                    choice("\"text\":\"a\",\"token_ids\":[1]") + ",\"prompt_token_ids\":[1]"),
            new Pair(
                    "tools",
                    CHAT + ",\"tools\":[" + FUNCTION + "]",
                    choice("\"message\":{\"role\":\"assistant\",\"tool_calls\":[" + CALL + "]}")),
            new Pair(
                    "labels",
                    TEXT + ",\"task\":\"classify\",\"labels\":[\"a\",\"b\"]",
                    "\"choices\":[],\"classification\":[{\"label\":\"a\",\"probability\":0.5,\"logprob\":-0.7}]"),
            new Pair("input", "\"task\":\"embed\",\"input\":\"a\"", "\"choices\":[],\"embedding\":[0.5,-0.5]"),
            new Pair(
                    "query",
                    "\"task\":\"rerank\",\"query\":\"a\",\"documents\":[\"a\"]",
                    "\"choices\":[],\"ranking\":[{\"index\":1,\"relevance_score\":0.5}]"));

    private static final String FAILURE = "\"choices\":[],\"error\":{\"code\":\"INFERENCE_ERROR\",\"message\":\"why\"}";

    private DoorSchemas() {}

    /**
     * A field of prompts, and what is answered where one has it.
     *
     * @param prompt members of a prompt with it
     * @param answer members of its completion
     */
    private record Pair(String field, String prompt, String answer) {}

    private static String choice(String members) {
        return "\"choices\":[{\"index\":1," + members + ",\"finish_reason\":\"stop\"}]";
    }

    /**
     * Asks the format.
     *
     * @throws HttpDoorException naming a field that can be asked for and what is left out of its answer, or why it cannot be written
     */
    public static void check(DoorTopics topics) {
        if (topics.format() == ValueFormat.json()) {
            return;
        }
        try {
            require(topics, "every prompt", FAILURE);
            for (Pair each : PAIRS) {
                if (canAsk(topics, each.prompt)) {
                    require(topics, "prompts with " + each.field, each.answer);
                }
            }
        } catch (FormUnavailableException e) {
            throw new HttpDoorException(String.valueOf(e.getMessage()), e);
        }
    }

    private static boolean canAsk(DoorTopics topics, String members) {
        byte[] prompt = bytes("{\"id\":\"sample\"," + members + "}");
        try {
            byte[] written = topics.format().fromJson(topics.prompts(), prompt);
            Set<String> lost = LostFields.of(topics.format(), topics.prompts(), prompt, written);
            return lost.isEmpty() || lost.equals(Set.of("id")); // a header has it, too
        } catch (FormUnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            return false; // what cannot be written is refused
        }
    }

    private static void require(DoorTopics topics, String prompts, String members) {
        byte[] completion = bytes("""
                {"id":"sample","object":"chat.completion","created":1,"model":"m",%s,
                 "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2,"prompt_tokens_details":{"cached_tokens":1}},
                 "system_fingerprint":"f"}""".formatted(members));
        Set<String> lost = lost(topics, prompts, completion);
        lost.remove("system_fingerprint"); // OpenAI's clients do not count on it
        if (!lost.isEmpty()) {
            throw new HttpDoorException("the HTTP door answers " + prompts + " by what topic " + topics.completions()
                    + " has, and its schema has no " + String.join(", ", lost)
                    + "; add them, or take the field from the schema of prompts");
        }
    }

    private static Set<String> lost(DoorTopics topics, String prompts, byte[] completion) {
        ValueFormat format = topics.format();
        try {
            byte[] written = format.fromJson(topics.completions(), completion);
            return LostFields.of(format, topics.completions(), completion, written);
        } catch (FormUnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new HttpDoorException(
                    "the HTTP door cannot answer " + prompts + " on topic " + topics.completions() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
