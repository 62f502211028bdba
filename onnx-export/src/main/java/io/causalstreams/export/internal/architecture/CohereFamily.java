package io.causalstreams.export.internal.architecture;

import java.util.List;

/**
 * Command R and Command R7B: both branches read one layer norm, heads turn in neighbouring pairs, logits are scaled.
 *
 * <p>Cohere 2 turns only the layers with a window; the others have no positions.
 */
final class CohereFamily implements Family {

    @Override
    public List<String> modelTypes() {
        return List.of("cohere", "cohere2");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        if (config.flag("use_qk_norm", false)) {
            throw config.refused("use_qk_norm", "is true; implemented: Command R without norms of queries and keys");
        }
        boolean second = config.modelType().equals("cohere2");
        LlamaStyle style = new LlamaStyle(config, tensors, 0, 0);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = style.rotary(positions, 10_000);
        Activation activation = Activation.of(config, "hidden_act", "silu");
        boolean bias = config.flag("attention_bias", false);
        int pattern = config.size("sliding_window_pattern", 4);
        AttentionWindows windows = AttentionWindows.of(
                config,
                style.layerCount(),
                second ? config.sizeOrOff("sliding_window", 4096) : 0,
                i -> second && (i + 1) % pattern != 0);
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> {
                    boolean turns = !second || windows.slides(i);
                    Norm norm = norm(style, style.layer(i), "input_layernorm");
                    return new DecoderLayer(
                            norm,
                            NeighbourPairs.inHalves(style.attention(i, turns ? rotary : null, bias, bias))
                                    .withWindow(windows.of(i)),
                            null,
                            norm,
                            style.gated(i, activation, false),
                            null,
                            DecoderLayer.Residual.PARALLEL);
                }),
                // The head is linear: scaling its input scales the logits, and leaves a tied table alone.
                norm(style, style.model, "norm").scaled(config.number("logit_scale", 0.0625)),
                style.head(true),
                0,
                positions.maxPositions());
    }

    private static Norm norm(LlamaStyle style, Tensors at, String name) {
        return Norm.layer(at.vector(name + ".weight", style.hidden), null, style.config.number("layer_norm_eps", 1e-5));
    }
}
