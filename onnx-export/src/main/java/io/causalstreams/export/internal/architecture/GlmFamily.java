package io.causalstreams.export.internal.architecture;

import java.util.List;

/** GLM-4: a part of each head turns, in neighbouring pairs; gate and up in one matrix; the release of 2025 has norms behind branches. */
final class GlmFamily implements Family {
    private static final int HEAD_DIM = 128;
    private static final double EPSILON = 1.5625e-7;

    @Override
    public List<String> modelTypes() {
        return List.of("glm", "glm4");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        LlamaStyle style = new LlamaStyle(config, tensors, 2, HEAD_DIM);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = positions.rotary(10_000, (int) (style.headDim * positions.partialFactor(0.5)));
        Activation activation = Activation.of(config, "hidden_act", "silu");
        boolean bias = config.flag("attention_bias", config.modelType().equals("glm4"));
        boolean normsBehind = config.modelType().equals("glm4");
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> new DecoderLayer(
                        norm(style, i, "input_layernorm"),
                        NeighbourPairs.inHalves(style.attention(i, rotary, bias, false)),
                        normsBehind ? norm(style, i, "post_self_attn_layernorm") : null,
                        norm(style, i, "post_attention_layernorm"),
                        style.fusedGated(i, activation),
                        normsBehind ? norm(style, i, "post_mlp_layernorm") : null,
                        DecoderLayer.Residual.SEQUENTIAL)),
                style.rms(style.model, "norm", style.hidden, EPSILON),
                style.head(false),
                0,
                positions.maxPositions());
    }

    private static Norm norm(LlamaStyle style, int layer, String name) {
        return style.rms(style.layer(layer), name, style.hidden, EPSILON);
    }
}
