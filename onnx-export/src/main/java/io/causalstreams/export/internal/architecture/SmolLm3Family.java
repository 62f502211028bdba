package io.causalstreams.export.internal.architecture;

import java.util.List;

/** SmolLM3: Llama in which every few layers do without rotary positions. */
final class SmolLm3Family implements Family {
    private static final String NO_ROPE = "no_rope_layers";

    @Override
    public List<String> modelTypes() {
        return List.of("smollm3");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        LlamaStyle style = new LlamaStyle(config, tensors, 4, 0);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = style.rotary(positions, 2_000_000);
        Activation activation = Activation.of(config, "hidden_act", "silu");
        boolean attentionBias = config.flag("attention_bias", false);
        boolean mlpBias = config.flag("mlp_bias", false);
        boolean[] turns = layersWithRotary(config, style.layerCount());
        int window = config.flag("use_sliding_window", false) ? config.sizeOrOff("sliding_window", 0) : 0;
        AttentionWindows windows =
                AttentionWindows.of(config, style.layerCount(), window, i -> window > 0 && !turns[i]);
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> DecoderLayer.preNorm(
                        style.rms(style.layer(i), "input_layernorm", style.hidden, 1e-6),
                        style.attention(i, turns[i] ? rotary : null, attentionBias, attentionBias)
                                .withWindow(windows.of(i)),
                        style.rms(style.layer(i), "post_attention_layernorm", style.hidden, 1e-6),
                        style.gated(i, activation, mlpBias))),
                style.rms(style.model, "norm", style.hidden, 1e-6),
                style.head(true),
                0,
                positions.maxPositions());
    }

    /** In {@code no_rope_layers}, in spite of its name, 1 is a layer with rotary positions and 0 one without. */
    private static boolean[] layersWithRotary(ModelConfig config, int layers) {
        boolean[] turns = new boolean[layers];
        if (!config.has(NO_ROPE)) {
            int interval = config.size("no_rope_layer_interval", 4);
            for (int i = 0; i < layers; i++) {
                turns[i] = (i + 1) % interval != 0;
            }
            return turns;
        }
        List<Double> flags = config.numbers(NO_ROPE);
        if (flags.size() != layers) {
            throw config.refused(NO_ROPE, "has %d elements for %d layers".formatted(flags.size(), layers));
        }
        for (int i = 0; i < layers; i++) {
            turns[i] = flags.get(i) != 0;
        }
        return turns;
    }
}
