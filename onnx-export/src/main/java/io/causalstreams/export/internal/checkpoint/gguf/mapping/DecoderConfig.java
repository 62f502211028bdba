package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The {@code config.json} of a causal decoder from GGUF metadata: what all architectures have in common. */
final class DecoderConfig {
    private static final List<String> END_TOKENS = List.of("eos", "eot", "eom");

    private DecoderConfig() {}

    /**
     * The keys that every decoder has.
     *
     * @throws CheckpointException if the model is no causal decoder with heads of one size
     */
    static ObjectNode of(GgufKeys keys, String modelType, String modelClass) {
        if (!keys.flag("attention.causal").orElse(true)) {
            throw keys.unsupported("attends to later tokens (attention.causal = false)");
        }
        if (!keys.integer("attention.value_length").orElseGet(keys::headDim).equals(keys.headDim())) {
            throw keys.unsupported("has keys and values of different lengths");
        }
        ObjectNode config = JsonFiles.MAPPER.createObjectNode();
        config.putArray("architectures").add(modelClass);
        config.put("model_type", modelType);
        config.put("hidden_size", keys.size("embedding_length"));
        config.put("num_hidden_layers", keys.layers());
        config.put("num_attention_heads", keys.heads());
        config.put(
                "num_key_value_heads", keys.integer("attention.head_count_kv").orElseGet(keys::heads));
        keys.integer("feed_forward_length").ifPresent(value -> config.put("intermediate_size", value));
        config.put("max_position_embeddings", keys.size("context_length"));
        keys.number("attention.layer_norm_rms_epsilon").ifPresent(value -> config.put("rms_norm_eps", value));
        config.put("rope_theta", keys.number("rope.freq_base").orElse(10000.0));
        RopeScaling.of(keys).ifPresent(scaling -> config.set("rope_scaling", scaling));
        putVocabulary(keys, config);
        return config;
    }

    /** Vocabulary size (rows of the embedding), tied output and special token ids. */
    static void putVocabulary(GgufKeys keys, ObjectNode config) {
        config.put("vocab_size", keys.tensor("token_embd.weight").shape().get(0));
        config.put("tie_word_embeddings", !keys.hasTensor("output.weight"));
        tokenId(keys, "bos").ifPresent(id -> config.put("bos_token_id", id));
        tokenId(keys, "padding").ifPresent(id -> config.put("pad_token_id", id));
        TreeSet<Integer> ends = new TreeSet<>();
        END_TOKENS.forEach(name -> tokenId(keys, name).ifPresent(ends::add));
        if (ends.size() == 1) {
            config.put("eos_token_id", ends.first());
        } else if (ends.size() > 1) {
            ArrayNode ids = config.putArray("eos_token_id");
            tokenId(keys, "eos").ifPresent(ids::add);
            ends.stream()
                    .filter(id -> !tokenId(keys, "eos").equals(Optional.of(id)))
                    .forEach(ids::add);
        }
    }

    private static Optional<Integer> tokenId(GgufKeys keys, String name) {
        return keys.metadata().integer("tokenizer.ggml." + name + "_token_id");
    }
}
