package io.causalstreams.export.internal.architecture;

import java.util.List;

/** StarCoder2: grouped heads and rotary positions with LayerNorm and a plain feed-forward layer. */
final class StarCoder2Family implements Family {

    @Override
    public List<String> modelTypes() {
        return List.of("starcoder2");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        LlamaStyle style = new LlamaStyle(config, tensors, 2, 0);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = style.rotary(positions, 10_000);
        Activation activation = Activation.of(config, "hidden_act", "gelu_pytorch_tanh");
        boolean bias = config.flag("use_bias", true);
        int window = config.sizeOrOff("sliding_window", 0);
        AttentionWindows windows = AttentionWindows.of(config, style.layerCount(), window, i -> window > 0);
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> DecoderLayer.preNorm(
                        norm(style, style.layer(i), "input_layernorm"),
                        style.attention(i, rotary, bias, bias).withWindow(windows.of(i)),
                        norm(style, style.layer(i), "post_attention_layernorm"),
                        feedForward(style, i, activation, bias))),
                norm(style, style.model, "norm"),
                style.head(true),
                0,
                positions.maxPositions());
    }

    private static FeedForward feedForward(LlamaStyle style, int layer, Activation activation, boolean bias) {
        Tensors mlp = style.layer(layer).at("mlp.");
        return new FeedForward.Plain(
                mlp.projection("c_fc", style.intermediate, style.hidden, bias),
                mlp.projection("c_proj", style.hidden, style.intermediate, bias),
                activation);
    }

    private static Norm norm(LlamaStyle style, Tensors at, String name) {
        return Norm.layer(
                at.vector(name + ".weight", style.hidden),
                at.vector(name + ".bias", style.hidden),
                style.config.number("norm_epsilon", 1e-5));
    }
}
