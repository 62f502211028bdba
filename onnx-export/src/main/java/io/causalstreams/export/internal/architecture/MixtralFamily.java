package io.causalstreams.export.internal.architecture;

import java.util.List;
import java.util.stream.IntStream;

/** Mixtral: Mistral with experts in every layer. */
final class MixtralFamily implements Family {

    @Override
    public List<String> modelTypes() {
        return List.of("mixtral");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        LlamaStyle style = new LlamaStyle(config, tensors, 8, 0);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = style.rotary(positions, 1_000_000);
        int window = config.sizeOrOff("sliding_window", 0);
        AttentionWindows windows = AttentionWindows.of(config, style.layerCount(), window, i -> window > 0);
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> DecoderLayer.preNorm(
                        style.rms(style.layer(i), "input_layernorm", style.hidden, 1e-5),
                        style.attention(i, rotary, false, false).withWindow(windows.of(i)),
                        style.rms(style.layer(i), "post_attention_layernorm", style.hidden, 1e-5),
                        experts(config, style, i))),
                style.rms(style.model, "norm", style.hidden, 1e-5),
                style.head(false),
                0,
                positions.maxPositions());
    }

    private static FeedForward experts(ModelConfig config, LlamaStyle style, int layer) {
        Tensors moe = style.layer(layer).at("block_sparse_moe.");
        int experts = config.size("num_local_experts", 8);
        Activation activation = Activation.of(config, "hidden_act", "silu");
        return new FeedForward.Experts(
                Routing.softmax(
                        moe.projection("gate", experts, style.hidden, false),
                        config.size("num_experts_per_tok", 2),
                        true),
                IntStream.range(0, experts)
                        .mapToObj(e -> style.gated(
                                moe.at("experts." + e + "."), "w1", "w3", "w2", style.intermediate, activation, false))
                        .toList(),
                null);
    }
}
