package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code qwen3moe}: Qwen 3 whose layers all have experts, with the chosen experts' weights normalized. */
final class Qwen3MoeMapping implements GgufMapping {

    @Override
    public ObjectNode config(GgufKeys keys) {
        ObjectNode config = DecoderConfig.of(keys, "qwen3_moe", "Qwen3MoeForCausalLM");
        Qwen3Mapping.addAttention(keys, config);
        config.put("num_experts", keys.size("expert_count"));
        config.put("num_experts_per_tok", keys.size("expert_used_count"));
        config.put("moe_intermediate_size", keys.size("expert_feed_forward_length"));
        config.put("norm_topk_prob", true);
        config.put("decoder_sparse_step", 1);
        config.putArray("mlp_only_layers");
        return config;
    }

    @Override
    public TensorNames names(ObjectNode config) {
        return new Qwen3Mapping()
                .names(config)
                .without("blk.{}.ffn_gate")
                .without("blk.{}.ffn_up")
                .without("blk.{}.ffn_down")
                .map("blk.{}.ffn_gate_inp", "model.layers.{}.mlp.gate")
                .map("blk.{}.ffn_gate_exps", "model.layers.{}.mlp.experts.{}.gate_proj")
                .map("blk.{}.ffn_up_exps", "model.layers.{}.mlp.experts.{}.up_proj")
                .map("blk.{}.ffn_down_exps", "model.layers.{}.mlp.experts.{}.down_proj");
    }
}
