package io.causalstreams.export.internal.architecture;

import java.util.List;

/** OLMo 2: norms behind the branches instead of before them, and over all query and all key heads together. */
final class Olmo2Family implements Family {

    @Override
    public List<String> modelTypes() {
        return List.of("olmo2");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        LlamaStyle style = new LlamaStyle(config, tensors, 0, 0);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = style.rotary(positions, 10_000);
        Activation activation = Activation.of(config, "hidden_act", "silu");
        boolean bias = config.flag("attention_bias", false);
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> {
                    Tensors self = style.layer(i).at("self_attn.");
                    Attention attention = style.attention(i, rotary, bias, bias)
                            .withNorms(
                                    style.rms(self, "q_norm", style.heads * style.headDim, 1e-5),
                                    style.rms(self, "k_norm", style.kvHeads * style.headDim, 1e-5));
                    return new DecoderLayer(
                            null,
                            attention,
                            style.rms(style.layer(i), "post_attention_layernorm", style.hidden, 1e-5),
                            null,
                            style.gated(i, activation, false),
                            style.rms(style.layer(i), "post_feedforward_layernorm", style.hidden, 1e-5),
                            DecoderLayer.Residual.SEQUENTIAL);
                }),
                style.rms(style.model, "norm", style.hidden, 1e-5),
                style.head(false),
                0,
                positions.maxPositions());
    }
}
