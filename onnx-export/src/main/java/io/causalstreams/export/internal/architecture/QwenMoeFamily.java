package io.causalstreams.export.internal.architecture;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Qwen2 and Qwen3 with experts in all or some layers.
 *
 * <p>Qwen2 has biases on q, k and v, and an expert that all positions share; Qwen3 has norms of q and k heads.
 */
final class QwenMoeFamily implements Family {

    @Override
    public List<String> modelTypes() {
        return List.of("qwen2_moe", "qwen3_moe");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        boolean third = config.modelType().equals("qwen3_moe");
        LlamaStyle style = new LlamaStyle(config, tensors, third ? 4 : 16, 0);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = style.rotary(positions, 10_000);
        int window = config.flag("use_sliding_window", false) ? config.sizeOrOff("sliding_window", 4096) : 0;
        double lastWindow = config.number("max_window_layers", 28);
        AttentionWindows windows = AttentionWindows.of(
                config, style.layerCount(), window, i -> window > 0 && (third || (i % 2 == 0 && i < lastWindow)));
        boolean bias = third ? config.flag("attention_bias", false) : config.flag("qkv_bias", true);
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> DecoderLayer.preNorm(
                        style.rms(style.layer(i), "input_layernorm", style.hidden, 1e-6),
                        (third
                                        ? QwenFamily.withHeadNorms(style, i, style.attention(i, rotary, bias, bias))
                                        : style.attention(i, rotary, bias, false))
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
        boolean third = config.modelType().equals("qwen3_moe");
        int experts = config.size("num_experts", config.size("num_local_experts", third ? 128 : 60));
        int inner = config.size("moe_intermediate_size", third ? 768 : 1408);
        return new FeedForward.Experts(
                Routing.softmax(
                        mlp.projection("gate", experts, style.hidden, false),
                        config.size("num_experts_per_tok", third ? 8 : 4),
                        config.flag("norm_topk_prob", false)),
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
                third ? null : shared(config, style, mlp, activation));
    }

    private static FeedForward.SharedExpert shared(
            ModelConfig config, LlamaStyle style, Tensors mlp, Activation activation) {
        int inner = config.size("shared_expert_intermediate_size", 5632);
        return new FeedForward.SharedExpert(
                style.gated(mlp.at("shared_expert."), "gate_proj", "up_proj", "down_proj", inner, activation, false),
                mlp.projection("shared_expert_gate", 1, style.hidden, false));
    }
}
