package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code gptneox}: attention beside the feed-forward part, rotary positions in a part of each head. */
final class GptNeoxMapping implements GgufMapping {

    @Override
    public ObjectNode config(GgufKeys keys) {
        ObjectNode config = DecoderConfig.of(keys, "gpt_neox", "GPTNeoXForCausalLM");
        int headDim = keys.headDim();
        double rotaryPart = (double) keys.integer("rope.dimension_count").orElse(headDim) / headDim;
        config.put("hidden_act", "gelu");
        config.put("layer_norm_eps", keys.requiredNumber("attention.layer_norm_epsilon"));
        config.put("use_parallel_residual", keys.flag("use_parallel_residual").orElse(true));
        config.put("rotary_pct", rotaryPart);
        config.put("partial_rotary_factor", rotaryPart);
        config.set("rotary_emb_base", config.get("rope_theta"));
        config.put("attention_bias", keys.hasTensor("blk.0.attn_qkv.bias"));
        return config;
    }

    @Override
    public TensorNames names(ObjectNode config) {
        int heads = config.path("num_attention_heads").asInt();
        return new TensorNames()
                .map("token_embd", "gpt_neox.embed_in")
                .map("output_norm", "gpt_neox.final_layer_norm")
                .map("output", "embed_out")
                .map("blk.{}.attn_norm", "gpt_neox.layers.{}.input_layernorm")
                .map(
                        "blk.{}.attn_qkv",
                        "gpt_neox.layers.{}.attention.query_key_value",
                        new TensorLayout.QkvByHead(heads))
                .map("blk.{}.attn_output", "gpt_neox.layers.{}.attention.dense")
                .map("blk.{}.ffn_norm", "gpt_neox.layers.{}.post_attention_layernorm")
                .map("blk.{}.ffn_up", "gpt_neox.layers.{}.mlp.dense_h_to_4h")
                .map("blk.{}.ffn_down", "gpt_neox.layers.{}.mlp.dense_4h_to_h");
    }
}
