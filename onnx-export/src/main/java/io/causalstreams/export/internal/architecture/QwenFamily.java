package io.causalstreams.export.internal.architecture;

import java.util.List;

/** Qwen2 and Qwen2.5 (biases on q, k and v) and Qwen3 (norms of q and k heads instead). */
final class QwenFamily implements Family {
    private static final int QWEN3_HEAD_DIM = 128;

    @Override
    public List<String> modelTypes() {
        return List.of("qwen2", "qwen3");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        boolean third = config.modelType().equals("qwen3");
        LlamaStyle style = new LlamaStyle(config, tensors, 32, third ? QWEN3_HEAD_DIM : 0);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = style.rotary(positions, 10_000);
        Activation activation = Activation.of(config, "hidden_act", "silu");
        AttentionWindows windows = windows(config, style.layerCount());
        boolean bias = config.flag("attention_bias", false);
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> {
                    Attention attention = third
                            ? withHeadNorms(style, i, style.attention(i, rotary, bias, bias))
                            : style.attention(i, rotary, true, false);
                    return DecoderLayer.preNorm(
                            style.rms(style.layer(i), "input_layernorm", style.hidden, 1e-6),
                            attention.withWindow(windows.of(i)),
                            style.rms(style.layer(i), "post_attention_layernorm", style.hidden, 1e-6),
                            style.gated(i, activation, false));
                }),
                style.rms(style.model, "norm", style.hidden, 1e-6),
                style.head(false),
                0,
                positions.maxPositions());
    }

    /** RMS norms of each query and key head, as Qwen3 has them. */
    static Attention withHeadNorms(LlamaStyle style, int layer, Attention attention) {
        Tensors self = style.layer(layer).at("self_attn.");
        return attention.withNorms(
                style.rms(self, "q_norm", style.headDim, 1e-6), style.rms(self, "k_norm", style.headDim, 1e-6));
    }

    /** Layers from {@code max_window_layers} on slide, if {@code use_sliding_window} says so. */
    private static AttentionWindows windows(ModelConfig config, int layers) {
        int window = config.flag("use_sliding_window", false) ? config.sizeOrOff("sliding_window", 4096) : 0;
        double first = config.number("max_window_layers", 28);
        return AttentionWindows.of(config, layers, window, i -> window > 0 && i >= first);
    }
}
