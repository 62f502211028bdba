package io.causalstreams.export.internal.architecture;

import java.util.List;

/** ERNIE 4.5 without experts: Llama whose heads turn in neighbouring pairs. */
final class Ernie45Family implements Family {
    private static final int HEAD_DIM = 128;

    @Override
    public List<String> modelTypes() {
        return List.of("ernie4_5");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        LlamaStyle style = new LlamaStyle(config, tensors, 2, HEAD_DIM);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = style.rotary(positions, 500_000);
        Activation activation = Activation.of(config, "hidden_act", "silu");
        boolean bias = config.flag("use_bias", false);
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> DecoderLayer.preNorm(
                        style.rms(style.layer(i), "input_layernorm", style.hidden, 1e-5),
                        NeighbourPairs.inHalves(style.attention(i, rotary, bias, bias)),
                        style.rms(style.layer(i), "post_attention_layernorm", style.hidden, 1e-5),
                        style.gated(i, activation, bias))),
                style.rms(style.model, "norm", style.hidden, 1e-5),
                style.head(true),
                0,
                positions.maxPositions());
    }
}
