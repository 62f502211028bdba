package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.checkpoint.StoredTensor;

/** {@code phi3}: query, key and value in one matrix, gate and up in another, stored as they are. */
final class Phi3Mapping implements GgufMapping {

    @Override
    public ObjectNode config(GgufKeys keys) {
        ObjectNode config = DecoderConfig.of(keys, "phi3", "Phi3ForCausalLM");
        config.put("hidden_act", "silu");
        int headDim = keys.headDim();
        config.put(
                "partial_rotary_factor",
                (double) keys.integer("rope.dimension_count").orElse(headDim) / headDim);
        int window = keys.integer("attention.sliding_window").orElse(0);
        if (window > 0) {
            config.put("sliding_window", window);
        } else {
            config.putNull("sliding_window");
        }
        config.put(
                "original_max_position_embeddings",
                keys.integer("rope.scaling.original_context_length").orElseGet(() -> keys.size("context_length")));
        if (keys.hasTensor("rope_factors_long.weight")) {
            ObjectNode scaling = config.putObject("rope_scaling").put("rope_type", "longrope");
            putFactors(scaling.putArray("long_factor"), keys.tensor("rope_factors_long.weight"));
            putFactors(scaling.putArray("short_factor"), keys.tensor("rope_factors_short.weight"));
            keys.number("rope.scaling.attn_factor").ifPresent(factor -> scaling.put("attention_factor", factor));
        }
        return config;
    }

    private static void putFactors(ArrayNode target, StoredTensor factors) {
        for (float factor : factors.read()) {
            target.add(Double.parseDouble(Float.toString(factor)));
        }
    }

    @Override
    public TensorNames names(ObjectNode config) {
        return TensorNames.decoder()
                .without("blk.{}.attn_q")
                .without("blk.{}.attn_k")
                .without("blk.{}.attn_v")
                .without("blk.{}.ffn_gate")
                .map("blk.{}.attn_qkv", "model.layers.{}.self_attn.qkv_proj")
                .map("blk.{}.ffn_up", "model.layers.{}.mlp.gate_up_proj");
    }
}
