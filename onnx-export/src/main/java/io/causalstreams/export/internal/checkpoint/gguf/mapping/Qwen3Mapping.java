package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code qwen3}: queries and keys are normalized per head. */
final class Qwen3Mapping implements GgufMapping {

    @Override
    public ObjectNode config(GgufKeys keys) {
        ObjectNode config = DecoderConfig.of(keys, "qwen3", "Qwen3ForCausalLM");
        addAttention(keys, config);
        return config;
    }

    /** What the dense model and the one with experts share. */
    static void addAttention(GgufKeys keys, ObjectNode config) {
        config.put("head_dim", keys.headDim());
        config.put("hidden_act", "silu");
        config.put("attention_bias", keys.biased("attn_q", "attn_k", "attn_v", "attn_output"));
        config.put("use_sliding_window", false);
    }

    @Override
    public TensorNames names(ObjectNode config) {
        return TensorNames.decoder()
                .map("blk.{}.attn_q_norm", "model.layers.{}.self_attn.q_norm")
                .map("blk.{}.attn_k_norm", "model.layers.{}.self_attn.k_norm");
    }
}
