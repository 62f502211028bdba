package io.causalstreams.export.internal.architecture;

import java.util.List;
import java.util.stream.IntStream;

/** Qwen3 with experts in all or some layers. */
final class Qwen3MoeFamily implements Family {

    @Override
    public List<String> modelTypes() {
        return List.of("qwen3_moe");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        LlamaStyle style = new LlamaStyle(config, tensors, 4, 0);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = style.rotary(positions, 10_000);
        int window = config.flag("use_sliding_window", false) ? config.sizeOrOff("sliding_window", 4096) : 0;
        AttentionWindows windows = AttentionWindows.of(config, style.layerCount(), window, i -> window > 0);
        boolean bias = config.flag("attention_bias", false);
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> DecoderLayer.preNorm(
                        style.rms(style.layer(i), "input_layernorm", style.hidden, 1e-6),
                        QwenFamily.withHeadNorms(style, i, style.attention(i, rotary, bias, bias))
                                .withWindow(windows.of(i)),
                        style.rms(style.layer(i), "post_attention_layernorm", style.hidden, 1e-6),
                        feedForward(config, style, i))),
                style.rms(style.model, "norm", style.hidden, 1e-6),
                style.head(false),
                0,
                positions.maxPositions());
    }

    /** Layers in {@code mlp_only_layers}, and those that {@code decoder_sparse_step} passes over, have no experts. */
    private static FeedForward feedForward(ModelConfig config, LlamaStyle style, int layer) {
        Activation activation = Activation.of(config, "hidden_act", "silu");
        boolean plain = config.has("mlp_only_layers")
                && config.numbers("mlp_only_layers").contains((double) layer);
        if (plain || (layer + 1) % config.size("decoder_sparse_step", 1) != 0) {
            return style.gated(layer, activation, false);
        }
        Tensors mlp = style.layer(layer).at("mlp.");
        // transformers 5 writes the key under Mixtral's name.
        int experts = config.size("num_experts", config.size("num_local_experts", 128));
        int inner = config.size("moe_intermediate_size", 768);
        return new FeedForward.Experts(
                mlp.projection("gate", experts, style.hidden, false),
                IntStream.range(0, experts)
                        .mapToObj(e -> style.gated(
                                mlp.at("experts." + e + "."),
                                "gate_proj",
                                "up_proj",
                                "down_proj",
                                inner,
                                activation,
                                false))
                        .toList(),
                config.size("num_experts_per_tok", 8),
                config.flag("norm_topk_prob", false));
    }
}
