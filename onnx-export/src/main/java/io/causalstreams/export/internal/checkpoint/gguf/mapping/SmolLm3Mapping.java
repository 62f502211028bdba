package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code smollm3}: Llama, with every fourth layer without rotary positions (the step is not in the file). */
final class SmolLm3Mapping implements GgufMapping {

    private static final int NO_ROPE_STEP = 4;

    @Override
    public ObjectNode config(GgufKeys keys) {
        ObjectNode config = DecoderConfig.of(keys, "smollm3", "SmolLM3ForCausalLM");
        config.put("head_dim", LlamaMapping.headDim(keys));
        config.put("hidden_act", "silu");
        LlamaMapping.addBiases(keys, config);
        config.put("use_sliding_window", false);
        config.put("no_rope_layer_interval", NO_ROPE_STEP);
        ArrayNode rope = config.putArray("no_rope_layers");
        for (int layer = 1; layer <= keys.layers(); layer++) {
            // The name misleads: 1 is a layer with rotary positions.
            rope.add(layer % NO_ROPE_STEP == 0 ? 0 : 1);
        }
        return config;
    }

    @Override
    public TensorNames names(ObjectNode config) {
        return TensorNames.rotaryPairs(
                config.path("num_attention_heads").asInt(),
                config.path("num_key_value_heads").asInt());
    }
}
