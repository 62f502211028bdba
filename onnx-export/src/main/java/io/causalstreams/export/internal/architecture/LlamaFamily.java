package io.causalstreams.export.internal.architecture;

import java.util.List;

/** Llama 1 to 3, and what kept its class: SmolLM, TinyLlama, Yi, … */
final class LlamaFamily implements Family {

    @Override
    public List<String> modelTypes() {
        return List.of("llama");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        LlamaStyle style = new LlamaStyle(config, tensors, 0, 0);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = style.rotary(positions, 10_000);
        Activation activation = Activation.of(config, "hidden_act", "silu");
        boolean attentionBias = config.flag("attention_bias", false);
        boolean mlpBias = config.flag("mlp_bias", false);
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> DecoderLayer.preNorm(
                        style.rms(style.layer(i), "input_layernorm", style.hidden, 1e-6),
                        style.attention(i, rotary, attentionBias, attentionBias),
                        style.rms(style.layer(i), "post_attention_layernorm", style.hidden, 1e-6),
                        style.gated(i, activation, mlpBias))),
                style.rms(style.model, "norm", style.hidden, 1e-6),
                style.head(false),
                0,
                positions.maxPositions());
    }
}
