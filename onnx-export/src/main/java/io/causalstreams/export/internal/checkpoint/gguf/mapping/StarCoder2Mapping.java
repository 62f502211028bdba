package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code starcoder2}: LayerNorm, biases, a feed-forward part without gate. Converters drop its window. */
final class StarCoder2Mapping implements GgufMapping {

    @Override
    public ObjectNode config(GgufKeys keys) {
        ObjectNode config = DecoderConfig.of(keys, "starcoder2", "Starcoder2ForCausalLM");
        config.put("hidden_act", "gelu_pytorch_tanh");
        config.put("norm_epsilon", keys.requiredNumber("attention.layer_norm_epsilon"));
        config.put("use_bias", keys.biased("attn_q", "attn_k", "attn_v", "attn_output", "ffn_up", "ffn_down"));
        config.putNull("sliding_window");
        return config;
    }

    @Override
    public TensorNames names(ObjectNode config) {
        return TensorNames.decoder()
                .without("blk.{}.ffn_gate")
                .map("blk.{}.ffn_up", "model.layers.{}.mlp.c_fc")
                .map("blk.{}.ffn_down", "model.layers.{}.mlp.c_proj");
    }
}
