package io.causalstreams.export.internal.architecture;

import java.util.List;

/** Hunyuan without experts: Llama with norms of q and k heads behind the rotation, whose base grows with {@code alpha}. */
final class HunyuanFamily implements Family {

    @Override
    public List<String> modelTypes() {
        return List.of("hunyuan_v1_dense");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        LlamaStyle style = new LlamaStyle(config, tensors, 0, 0);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = positions.grownByAlpha(10_000, style.headDim);
        Activation activation = Activation.of(config, "hidden_act", "silu");
        boolean bias = config.flag("attention_bias", false);
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> {
                    Tensors self = style.layer(i).at("self_attn.");
                    return DecoderLayer.preNorm(
                            style.rms(style.layer(i), "input_layernorm", style.hidden, 1e-5),
                            style.attention(i, rotary, bias, bias)
                                    .withNormsOfTurned(
                                            style.rms(self, "query_layernorm", style.headDim, 1e-5),
                                            style.rms(self, "key_layernorm", style.headDim, 1e-5)),
                            style.rms(style.layer(i), "post_attention_layernorm", style.hidden, 1e-5),
                            style.gated(i, activation, false));
                }),
                style.rms(style.model, "norm", style.hidden, 1e-5),
                style.head(false),
                0,
                positions.maxPositions());
    }
}
