package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code gemma3}: Gemma 2 with query and key norms, without soft caps, five windowed layers to one full one. */
final class Gemma3Mapping implements GgufMapping {

    private static final int LAYERS_OF_27B = 62;
    private static final int PERIOD = 6;

    @Override
    public ObjectNode config(GgufKeys keys) {
        if (keys.has("attention.sliding_window_pattern")) {
            throw keys.unsupported("gives its own attention.sliding_window_pattern");
        }
        ObjectNode config = DecoderConfig.of(keys, "gemma3_text", "Gemma3ForCausalLM");
        Gemma2Mapping.addAttention(keys, config, LAYERS_OF_27B);
        config.putNull("attn_logit_softcapping");
        config.put("rope_local_base_freq", keys.number("rope.freq_base_swa").orElse(10000.0));
        int window = keys.integer("attention.sliding_window").orElse(0);
        int layers = keys.layers();
        if (window > 0) {
            config.put("sliding_window", window);
            Gemma2Mapping.putLayerTypes(config, layers, PERIOD);
        } else {
            config.putNull("sliding_window");
            Gemma2Mapping.putLayerTypes(config, layers, 1);
        }
        return config;
    }

    @Override
    public TensorNames names(ObjectNode config) {
        TensorLayout plusOne = new TensorLayout.PlusOne();
        return new Gemma2Mapping()
                .names(config)
                .map("blk.{}.attn_q_norm", "model.layers.{}.self_attn.q_norm", plusOne)
                .map("blk.{}.attn_k_norm", "model.layers.{}.self_attn.k_norm", plusOne);
    }
}
