package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code granite}: Llama with four multipliers. */
final class GraniteMapping implements GgufMapping {

    @Override
    public ObjectNode config(GgufKeys keys) {
        if (!keys.flag("rope.scaling.finetuned").orElse(true)) {
            throw keys.unsupported("has no rotary positions (rope.scaling.finetuned = false)");
        }
        ObjectNode config = DecoderConfig.of(keys, "granite", "GraniteForCausalLM");
        config.put("hidden_act", "silu");
        LlamaMapping.addBiases(keys, config);
        config.put(
                "attention_multiplier", keys.number("attention.scale").orElseGet(() -> 1 / Math.sqrt(keys.headDim())));
        config.put("embedding_multiplier", keys.number("embedding_scale").orElse(1.0));
        config.put("residual_multiplier", keys.number("residual_scale").orElse(1.0));
        config.put("logits_scaling", keys.requiredNumber("logit_scale"));
        return config;
    }

    @Override
    public TensorNames names(ObjectNode config) {
        return TensorNames.rotaryPairs(
                config.path("num_attention_heads").asInt(),
                config.path("num_key_value_heads").asInt());
    }
}
