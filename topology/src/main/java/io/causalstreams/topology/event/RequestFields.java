package io.causalstreams.topology.event;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.GenerationException.Invalid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What becomes of the request fields that people send to OpenAI, vLLM and llama.cpp: each is honoured, or harmless and
 * ignored, or refused because ignoring it would change the answer. A field that is none of theirs is ignored.
 */
final class RequestFields {

    /** By name, in alphabetical order. */
    static final SortedMap<String, Treatment> TREATMENTS = Collections.unmodifiableSortedMap(table());

    private RequestFields() {}

    private static SortedMap<String, Treatment> table() {
        SortedMap<String, Treatment> table = new TreeMap<>();
        PromptReader.FIELDS.forEach(field -> table.put(field, new Treatment.Honoured()));

        ignored(table, "every answer is published token by token", "stream", "stream_options");
        ignored(table, "kept for the caller; a header of the prompt comes back with the answer", "metadata", "store");
        ignored(table, "a service's own affair, no part of the answer", "service_tier", "safety_identifier", "verbose");
        ignored(table, "a hint at what to compute twice or not, no part of the answer", "prediction", "cache_salt");
        ignored(table, "prompts that begin alike share their work anyway", "cache_prompt", "prompt_cache_key");
        ignored(table, "prompts that begin alike share their work anyway", "prompt_cache_retention", "id_slot");
        ignored(table, "the request's name is id", "request_id");
        ignored(table, "there is one backend", "guided_decoding_backend");
        ignored(
                table,
                "there are no images, no sound and no video",
                "mm_processor_kwargs",
                "media_io_kwargs",
                "image_data");
        ignored(table, "where a computed cache lies, no part of the answer", "kv_transfer_params");
        ignored(table, "a search over beams is refused", "early_stopping");
        ignored(table, "says something only beside mirostat", "mirostat_tau", "mirostat_eta");
        ignored(table, "says something only beside dry_multiplier", "dry_base", "dry_allowed_length");
        ignored(table, "says something only beside dry_multiplier", "dry_penalty_last_n", "dry_sequence_breakers");
        ignored(table, "says something only beside xtc_probability", "xtc_threshold");
        ignored(table, "says something only beside dynatemp_range", "dynatemp_exponent");
        ignored(table, "reports of progress and time are metrics", "timings_per_token", "return_progress");
        ignored(table, "the whole answer comes, or an error", "n_keep", "n_discard");

        refused(table, "every choice is published; send n", List.of("1"), "best_of");
        refused(table, "the answer holds no prompt; join the two", List.of("false"), "echo");
        refused(
                table,
                "write the model's own fill-in-the-middle tokens, with parse_special",
                List.of("\"\""),
                "suffix");
        refused(table, "there is no search over beams", List.of("false"), "use_beam_search");
        refused(table, "there is no search over beams", List.of("1"), "length_penalty");
        refused(
                table,
                "the text holds no special token; send return_token_ids",
                List.of("true"),
                "skip_special_tokens");
        refused(table, "special tokens are not in the text", List.of("true"), "spaces_between_special_tokens");
        refused(table, "send logit_bias with -100", List.of("[]"), "bad_words", "bad_words_token_ids");
        refused(table, "send structured_outputs or logit_bias", List.of("[]"), "allowed_token_ids");
        refused(table, "code of the caller cannot run here; send logit_bias", List.of("[]"), "logits_processors");
        refused(table, "send tools", List.of("[]"), "functions");
        refused(table, "send tool_choice", List.of("\"none\"", "\"auto\""), "function_call");
        refused(table, "the answer is text", List.of("[\"text\"]"), "modalities");
        refused(table, "the answer is text", List.of(), "audio");
        refused(table, "nothing is searched; send documents", List.of(), "web_search_options");
        refused(table, "say it in the prompt", List.of("\"medium\""), "verbosity");
        refused(table, "send prompt", List.of(), "prompt_embeds", "input_extra");
        refused(
                table,
                "tokens come as their text; send return_token_ids",
                List.of("false"),
                "return_tokens_as_token_ids");
        refused(table, "send logprobs", List.of("[]"), "logprob_token_ids");
        refused(table, "there is no such argument", List.of("{}"), "vllm_xargs");
        refused(table, "send structured_outputs", List.of(), "structural_tag");
        refused(table, "send structured_outputs", List.of("\"\""), "guided_whitespace_pattern", "grammar");
        refused(table, "send response_format", List.of("{}"), "json_schema");
        refused(table, "send max_tokens", List.of("-1"), "n_predict");
        refused(table, "send max_thinking_tokens", List.of("-1"), "thinking_token_budget", "thinking_budget");
        refused(table, "send deadline", List.of("0", "-1"), "t_max_predict_ms");
        refused(table, "send logprobs", List.of("0"), "n_probs");
        refused(table, "log-probabilities are the model's, before sampling", List.of("false"), "post_sampling_probs");
        refused(table, "send repetition_penalty", List.of("1"), "repeat_penalty");
        refused(table, "penalties count the whole text", List.of("-1"), "repeat_last_n");
        refused(table, "there is no such sampler", List.of("1"), "typical_p", "tfs_z");
        refused(
                table,
                "there is no such sampler",
                List.of("0"),
                "top_a",
                "mirostat",
                "dynatemp_range",
                "smoothing_factor");
        refused(table, "there is no such sampler", List.of("0"), "dry_multiplier", "xtc_probability", "n_indent");
        refused(table, "there is no such sampler", List.of("0", "-1"), "top_n_sigma");
        refused(table, "samplers run in one documented order", List.of(), "samplers");
        refused(table, "top_p and min_p keep what they say", List.of("0", "1"), "min_keep");
        refused(table, "adapters are loaded by whoever serves; send adapter", List.of("[]"), "lora");
        return table;
    }

    /** What becomes of a field. */
    sealed interface Treatment {

        /** It does what its origin says; the schema has it. */
        record Honoured() implements Treatment {}

        /** It does not change the answer. */
        record Ignored(String reason) implements Treatment {}

        /**
         * It would change the answer.
         *
         * @param instead why not, or what to send
         * @param harmless the values, in JSON, that ask for what happens anyway; they are ignored
         */
        record Refused(String instead, List<JsonNode> harmless) implements Treatment {

            boolean allows(JsonNode value) {
                return harmless.stream().anyMatch(each -> same(each, value));
            }

            /** 1 and 1.0 are the same number. */
            private static boolean same(JsonNode one, JsonNode other) {
                return (one.isNumber() && other.isNumber())
                        ? one.doubleValue() == other.doubleValue()
                        : one.equals(other);
            }
        }
    }

    /** @throws Invalid naming the first field of the event that would change the answer and cannot be honoured */
    static void check(FieldReader fields) {
        for (Map.Entry<String, JsonNode> field : fields.object().properties()) {
            String name = field.getKey();
            if (TREATMENTS.get(name) instanceof Treatment.Refused refused
                    && !field.getValue().isNull()
                    && !refused.allows(field.getValue())) {
                throw fields.invalid(name, "is not supported: " + refused.instead());
            }
        }
    }

    private static void ignored(SortedMap<String, Treatment> table, String reason, String... names) {
        for (String name : names) {
            table.put(name, new Treatment.Ignored(reason));
        }
    }

    private static void refused(
            SortedMap<String, Treatment> table, String instead, List<String> harmless, String... names) {
        List<JsonNode> values = new ArrayList<>();
        harmless.forEach(each -> values.add(EventJson.tree(each.getBytes(StandardCharsets.UTF_8))));
        for (String name : names) {
            table.put(name, new Treatment.Refused(instead, values));
        }
    }
}
