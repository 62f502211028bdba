package io.causalstreams.export.internal.architecture;

import java.util.List;

/** EXAONE 4: norms behind the branches, norms of q and k heads; where layers have windows, only those turn. */
final class Exaone4Family implements Family {
    private static final String PATTERN = "sliding_window_pattern";

    @Override
    public List<String> modelTypes() {
        return List.of("exaone4");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        LlamaStyle style = new LlamaStyle(config, tensors, 32, 0);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = style.rotary(positions, 10_000);
        Activation activation = Activation.of(config, "hidden_act", "silu");
        int window = config.sizeOrOff("sliding_window", 4096);
        AttentionWindows windows =
                AttentionWindows.of(config, style.layerCount(), window, i -> window > 0 && slides(config, i));
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> {
                    boolean turns = window == 0 || windows.slides(i);
                    Attention attention = style.attention(i, turns ? rotary : null, false, false);
                    return DecoderLayer.postNorm(
                            QwenFamily.withHeadNorms(style, i, attention).withWindow(windows.of(i)),
                            style.rms(style.layer(i), "post_attention_layernorm", style.hidden, 1e-5),
                            style.gated(i, activation, false),
                            style.rms(style.layer(i), "post_feedforward_layernorm", style.hidden, 1e-5));
                }),
                style.rms(style.model, "norm", style.hidden, 1e-5),
                style.head(false),
                0,
                positions.maxPositions());
    }

    /** The pattern is a period, whose last layer sees everything, or letters: L (local) and G (global). */
    private static boolean slides(ModelConfig config, int layer) {
        String pattern = config.text(PATTERN, "4");
        if (pattern.matches("[LG]+")) {
            return pattern.charAt(layer % pattern.length()) == 'L';
        }
        return (layer + 1) % config.size(PATTERN, 4) != 0;
    }
}
