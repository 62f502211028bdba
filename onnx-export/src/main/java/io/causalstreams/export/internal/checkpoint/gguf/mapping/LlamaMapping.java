package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * {@code llama}: Llama, SmolLM, Mistral and, with experts, Mixtral; their query and key rows are stored as rotary pairs.
 */
final class LlamaMapping implements GgufMapping {

    @Override
    public ObjectNode config(GgufKeys keys) {
        return keys.integer("expert_count").orElse(0) > 0 ? mixtral(keys) : dense(keys);
    }

    private static ObjectNode dense(GgufKeys keys) {
        // Converters drop Mistral's window; without one, the two families are the same function.
        ObjectNode config = keys.integer("attention.sliding_window").isPresent()
                ? DecoderConfig.of(keys, "mistral", "MistralForCausalLM")
                : DecoderConfig.of(keys, "llama", "LlamaForCausalLM");
        keys.integer("attention.sliding_window").ifPresent(window -> config.put("sliding_window", window));
        config.put("head_dim", headDim(keys));
        config.put("hidden_act", "silu");
        addBiases(keys, config);
        return config;
    }

    private static ObjectNode mixtral(GgufKeys keys) {
        ObjectNode config = DecoderConfig.of(keys, "mixtral", "MixtralForCausalLM");
        config.put("head_dim", headDim(keys));
        config.put("hidden_act", "silu");
        config.put("num_local_experts", keys.size("expert_count"));
        config.put("num_experts_per_tok", keys.size("expert_used_count"));
        config.putNull("sliding_window");
        return config;
    }

    static void addBiases(GgufKeys keys, ObjectNode config) {
        config.put("attention_bias", keys.biased("attn_q", "attn_k", "attn_v", "attn_output"));
        config.put("mlp_bias", keys.biased("ffn_gate", "ffn_up", "ffn_down"));
    }

    /** Older files state a head's size only as the number of rotary dimensions, which in Llama is the whole head. */
    static int headDim(GgufKeys keys) {
        int headDim = keys.integer("attention.key_length")
                .or(() -> keys.integer("rope.dimension_count"))
                .orElseGet(keys::headDim);
        if (keys.integer("rope.dimension_count").orElse(headDim) != headDim) {
            throw keys.unsupported("rotates only a part of each head");
        }
        return headDim;
    }

    @Override
    public TensorNames names(ObjectNode config) {
        return TensorNames.rotaryPairs(
                        config.path("num_attention_heads").asInt(),
                        config.path("num_key_value_heads").asInt())
                .map("blk.{}.ffn_gate_inp", "model.layers.{}.block_sparse_moe.gate")
                .map("blk.{}.ffn_gate_exps", "model.layers.{}.block_sparse_moe.experts.{}.w1")
                .map("blk.{}.ffn_down_exps", "model.layers.{}.block_sparse_moe.experts.{}.w2")
                .map("blk.{}.ffn_up_exps", "model.layers.{}.block_sparse_moe.experts.{}.w3");
    }
}
