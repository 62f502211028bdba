package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code olmo2}: norms only after attention and feed-forward, and over all queries and keys. */
final class Olmo2Mapping implements GgufMapping {

    @Override
    public ObjectNode config(GgufKeys keys) {
        if (keys.has("attention.sliding_window")) {
            throw keys.unsupported("has attention.sliding_window (OLMo 3)");
        }
        ObjectNode config = DecoderConfig.of(keys, "olmo2", "Olmo2ForCausalLM");
        config.put("hidden_act", "silu");
        config.put("attention_bias", keys.biased("attn_q", "attn_k", "attn_v", "attn_output"));
        return config;
    }

    @Override
    public TensorNames names(ObjectNode config) {
        return TensorNames.decoder()
                .without("blk.{}.attn_norm")
                .without("blk.{}.ffn_norm")
                .map("blk.{}.attn_q_norm", "model.layers.{}.self_attn.q_norm")
                .map("blk.{}.attn_k_norm", "model.layers.{}.self_attn.k_norm")
                .map("blk.{}.post_attention_norm", "model.layers.{}.post_attention_layernorm")
                .map("blk.{}.post_ffw_norm", "model.layers.{}.post_feedforward_layernorm");
    }
}
