package io.causalstreams.export.internal.architecture;

import java.util.List;

/**
 * OLMo 2 and 3: norms behind the branches instead of before them, and over all query and all key heads together.
 *
 * <p>OLMo 3 has windows in three of four layers; only the others stretch their positions where {@code rope_scaling} says so.
 */
final class OlmoFamily implements Family {

    @Override
    public List<String> modelTypes() {
        return List.of("olmo2", "olmo3");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        boolean third = config.modelType().equals("olmo3");
        LlamaStyle style = new LlamaStyle(config, tensors, 0, 0);
        double theta = third ? 500_000 : 10_000;
        RotaryConfig positions = RotaryConfig.of(config, AttentionWindows.FULL, style.maxPositions);
        Rotary full = style.rotary(positions, theta);
        Rotary local = third ? RotaryConfig.unscaled(config, AttentionWindows.SLIDING, theta, style.headDim) : full;
        AttentionWindows windows = AttentionWindows.of(
                config,
                style.layerCount(),
                third ? config.sizeOrOff("sliding_window", 4096) : 0,
                i -> third && (i + 1) % 4 != 0);
        Activation activation = Activation.of(config, "hidden_act", "silu");
        boolean bias = config.flag("attention_bias", false);
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> {
                    Tensors self = style.layer(i).at("self_attn.");
                    Attention attention = style.attention(i, windows.slides(i) ? local : full, bias, bias)
                            .withNorms(
                                    style.rms(self, "q_norm", style.heads * style.headDim, 1e-5),
                                    style.rms(self, "k_norm", style.kvHeads * style.headDim, 1e-5))
                            .withWindow(windows.of(i));
                    return DecoderLayer.postNorm(
                            attention,
                            style.rms(style.layer(i), "post_attention_layernorm", style.hidden, 1e-5),
                            style.gated(i, activation, false),
                            style.rms(style.layer(i), "post_feedforward_layernorm", style.hidden, 1e-5));
                }),
                style.rms(style.model, "norm", style.hidden, 1e-5),
                style.head(false),
                0,
                positions.maxPositions());
    }
}
