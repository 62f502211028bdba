package io.causalstreams.export.internal.architecture;

import java.util.List;

/** Mistral 7B and its kin: Llama with a sliding window in all layers. */
final class MistralFamily implements Family {

    @Override
    public List<String> modelTypes() {
        return List.of("mistral");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        LlamaStyle style = new LlamaStyle(config, tensors, 8, 0);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = style.rotary(positions, 10_000);
        Activation activation = Activation.of(config, "hidden_act", "silu");
        int window = config.sizeOrOff("sliding_window", 4096);
        AttentionWindows windows = AttentionWindows.of(config, style.layerCount(), window, i -> window > 0);
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> DecoderLayer.preNorm(
                        style.rms(style.layer(i), "input_layernorm", style.hidden, 1e-6),
                        style.attention(i, rotary, false, false).withWindow(windows.of(i)),
                        style.rms(style.layer(i), "post_attention_layernorm", style.hidden, 1e-6),
                        style.gated(i, activation, false))),
                style.rms(style.model, "norm", style.hidden, 1e-6),
                style.head(false),
                0,
                positions.maxPositions());
    }
}
