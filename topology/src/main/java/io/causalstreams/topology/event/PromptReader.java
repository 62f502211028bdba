package io.causalstreams.topology.event;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Checks the fields of a prompt event, one method per group; every failure is an {@link Invalid} naming the field. */
final class PromptReader {

    static final Set<String> FIELDS = Set.copyOf(List.of(
            "id",
            "model",
            "adapter",
            "messages",
            "prompt",
            "add_special_tokens",
            "parse_special",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "chat_template",
            "chat_template_kwargs",
            "reasoning_effort",
            "documents",
            "add_generation_prompt",
            "continue_final_message",
            "task",
            "labels",
            "input",
            "dimensions",
            "prompt_name",
            "query",
            "instruction",
            "scoring",
            "top_n",
            "truncate_prompt_tokens",
            "max_completion_tokens",
            "max_tokens",
            "min_tokens",
            "max_thinking_tokens",
            "ignore_eos",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "repetition_penalty",
            "presence_penalty",
            "frequency_penalty",
            "logit_bias",
            "seed",
            "n",
            "stop",
            "stop_token_ids",
            "include_stop_str_in_output",
            "logprobs",
            "top_logprobs",
            "prompt_logprobs",
            "return_token_ids",
            "response_format",
            "structured_outputs",
            "guided_json",
            "guided_choice",
            "guided_regex",
            "guided_grammar",
            "priority",
            "deadline",
            "session_id",
            "user"));

    /** 9999-12-31T23:59:59Z; milliseconds sent by mistake lie beyond it. */
    private static final double MAX_UNIX_SECONDS = 253_402_300_799.0;

    private static final int MAX_ALTERNATIVES = 20;

    private final FieldReader fields;
    private final TaskReader tasks;

    PromptReader(JsonNode object) {
        this.fields = FieldReader.of(object);
        this.tasks = new TaskReader(fields);
    }

    PromptEvent read() {
        RequestFields.check(fields);
        return new PromptEvent(
                name("id"),
                fields.string("model"),
                prompt(),
                tasks.task(),
                sampling(),
                orElse(fields.bool("return_token_ids"), false),
                orElse(fields.int32("priority", Integer.MIN_VALUE, Integer.MAX_VALUE), 0),
                deadline(),
                name("session_id"),
                name("user"),
                tasks.topN(),
                fields.string("adapter"));
    }

    private @Nullable String name(String field) {
        String name = fields.string(field);
        if (name != null && (name.isEmpty() || name.length() > PromptEnvelope.MAX_ID_LENGTH)) {
            throw fields.invalid(
                    field,
                    "has " + name.length() + " characters; it must have between 1 and " + PromptEnvelope.MAX_ID_LENGTH);
        }
        return name;
    }

    private Prompt prompt() {
        Prompt other = tasks.prompt();
        if (other != null) {
            return other;
        }
        JsonNode messages = fields.array("messages");
        JsonNode prompt = fields.value("prompt");
        if (messages != null && prompt != null) {
            throw fields.invalid("prompt", "is there beside messages; send one of the two");
        }
        if (messages != null) {
            return chat(messages);
        }
        if (prompt == null) {
            throw fields.invalid("messages", "is missing; send messages (chat) or prompt (text or token ids)");
        }
        return completion(only(prompt));
    }

    private Prompt chat(JsonNode messages) {
        for (String field : List.of("add_special_tokens", "parse_special")) {
            if (orElse(fields.bool(field), false)) {
                throw fields.invalid(
                        field, "is true beside messages; special tokens of a chat are its template's, send prompt");
            }
        }
        return new Prompt.Chat(ChatMessages.read(messages), new ChatOptionsReader(fields).read());
    }

    /** The prompt of a batch of one, or the prompt itself. */
    private JsonNode only(JsonNode prompt) {
        boolean batch = prompt.isArray() && !prompt.isEmpty() && !prompt.get(0).isNumber();
        if (batch && prompt.size() > 1) {
            throw fields.invalid(
                    "prompt",
                    "is a batch of " + prompt.size() + "; it must be one (several prompts are several events)");
        }
        return batch ? prompt.get(0) : prompt;
    }

    private Prompt completion(JsonNode prompt) {
        boolean addSpecialTokens = orElse(fields.bool("add_special_tokens"), true);
        boolean parseSpecial = orElse(fields.bool("parse_special"), false);
        if (prompt.isTextual()) {
            return new Prompt.Text(FieldReader.text(prompt), addSpecialTokens, parseSpecial);
        }
        if (!prompt.isArray()) {
            throw fields.wrongType("prompt", prompt, "a string or a list of token ids");
        }
        if (prompt.isEmpty()) {
            throw fields.invalid("prompt", "is an empty list; it must hold at least one token id");
        }
        return new Prompt.Tokens(fields.tokenIds("prompt", prompt));
    }

    private SamplingParams sampling() {
        Integer maxCompletionTokens = fields.int32("max_completion_tokens", 0, Integer.MAX_VALUE);
        Integer maxTokens = fields.int32("max_tokens", 0, Integer.MAX_VALUE);
        return SamplingParams.builder()
                .maxTokens(maxCompletionTokens == null ? maxTokens : maxCompletionTokens)
                .minTokens(orElse(fields.int32("min_tokens", 0, Integer.MAX_VALUE), 0))
                .maxThinkingTokens(fields.int32("max_thinking_tokens", 0, Integer.MAX_VALUE))
                .ignoreEos(orElse(fields.bool("ignore_eos"), false))
                .temperature(number("temperature", 1))
                .topP(number("top_p", 1))
                .topK(orElse(fields.int32("top_k", -1, Integer.MAX_VALUE), 0))
                .minP(number("min_p", 0))
                .repetitionPenalty(number("repetition_penalty", 1))
                .presencePenalty(number("presence_penalty", 0))
                .frequencyPenalty(number("frequency_penalty", 0))
                .logitBias(logitBias())
                .seed(fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE))
                .n(orElse(fields.int32("n", 1, 128), 1))
                .stop(stop())
                .stopTokenIds(new LinkedHashSet<>(orElse(fields.tokenIds("stop_token_ids"), List.of())))
                .includeStopStrInOutput(orElse(fields.bool("include_stop_str_in_output"), false))
                .logprobs(logprobs())
                .promptLogprobs(fields.int32("prompt_logprobs", 0, MAX_ALTERNATIVES))
                .constraint(ConstraintReader.read(fields))
                .build();
    }

    /** The range is checked by {@link SamplingParams}. */
    private double number(String field, double defaultValue) {
        return orElse(fields.number(field, -Double.MAX_VALUE, Double.MAX_VALUE), defaultValue);
    }

    private Map<Integer, Double> logitBias() {
        FieldReader biases = fields.object("logit_bias");
        Map<Integer, Double> all = new TreeMap<>();
        if (biases == null) {
            return all;
        }
        for (Map.Entry<String, JsonNode> bias : biases.object().properties()) {
            all.put(tokenId(bias.getKey()), fields.number("logit_bias", bias.getValue(), -100, 100));
        }
        return all;
    }

    private int tokenId(String key) {
        try {
            int id = Integer.parseInt(key);
            if (id >= 0) {
                return id;
            }
        } catch (NumberFormatException e) {
            // reported below, together with negative ids
        }
        throw fields.invalid("logit_bias", "has a key that is no token id; keys must be token ids as strings");
    }

    private List<String> stop() {
        JsonNode stop = fields.value("stop");
        if (stop == null) {
            return List.of();
        }
        if (stop.isTextual()) {
            return List.of(FieldReader.text(stop));
        }
        if (!stop.isArray()) {
            throw fields.wrongType("stop", stop, "a string or a list of strings");
        }
        return orElse(fields.strings("stop"), List.of());
    }

    /** Chat: {@code logprobs} true or false and {@code top_logprobs}; text completion: {@code logprobs} as a number. */
    private @Nullable Integer logprobs() {
        JsonNode logprobs = fields.value("logprobs");
        Integer top = fields.int32("top_logprobs", 0, MAX_ALTERNATIVES);
        if (logprobs != null && logprobs.isNumber()) {
            Integer alternatives = fields.int32("logprobs", 0, MAX_ALTERNATIVES);
            return top == null ? alternatives : top;
        }
        if (logprobs != null && !logprobs.isBoolean()) {
            throw fields.wrongType("logprobs", logprobs, "true, false or a number of alternatives");
        }
        if (logprobs != null && logprobs.booleanValue()) {
            return orElse(top, 0);
        }
        if (top != null && top > 0) {
            throw fields.invalid("top_logprobs", "is " + top + " without logprobs; set logprobs to true");
        }
        return null;
    }

    private @Nullable Instant deadline() {
        Double seconds = fields.number("deadline", 0, MAX_UNIX_SECONDS);
        return seconds == null ? null : Instant.ofEpochMilli((long) (seconds * 1000));
    }

    private static <T> T orElse(@Nullable T value, T defaultValue) {
        return value == null ? defaultValue : value;
    }
}
