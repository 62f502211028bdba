package io.causalstreams.export.internal.architecture;

import java.util.List;

/**
 * Gemma 1, 2 and 3; of a Gemma 3 that sees images, the part that reads text.
 *
 * <p>Norms store w of the factor 1 + w; the embedding is scaled by √hidden. Gemma 2 adds norms behind the branches, soft caps
 * and a window in every second layer; Gemma 3 drops the caps, adds norms of q and k heads and turns windowed layers with a
 * frequency base of their own.
 */
final class GemmaFamily implements Family {
    private static final int HEAD_DIM = 256;

    @Override
    public List<String> modelTypes() {
        return List.of("gemma", "gemma2", "gemma3_text", "gemma3");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        return config.modelType().equals("gemma3") ? text(config, tensors).withoutSoftcap() : decoder(config, tensors);
    }

    /** Transformers' class of the whole model caps no logits. The sizes that are absent from {@code text_config} are those of the 4B model. */
    private static Decoder text(ModelConfig config, Tensors tensors) {
        ModelConfig text = config.section("text_config");
        if (text == null) {
            throw config.refused("text_config", "is missing");
        }
        ModelConfig whole = text.withDefault("vocab_size", 262_208)
                .withDefault("hidden_size", 2304)
                .withDefault("intermediate_size", 9216)
                .withDefault("num_hidden_layers", 26)
                .withDefault("num_attention_heads", 8)
                .withDefault("max_position_embeddings", 131_072);
        String inside = "model.language_model.";
        return decoder(whole, tensors.at(tensors.has(inside + "embed_tokens.weight") ? inside : "language_model."));
    }

    private static Decoder decoder(ModelConfig config, Tensors tensors) {
        if (config.flag("use_bidirectional_attention", false)) {
            throw config.refused("use_bidirectional_attention", "is true; implemented: causal attention");
        }
        return switch (config.modelType()) {
            case "gemma" -> first(config, new LlamaStyle(config, tensors, 16, HEAD_DIM));
            case "gemma2" -> second(config, new LlamaStyle(config, tensors, 4, HEAD_DIM));
            default -> third(config, new LlamaStyle(config, tensors, 4, HEAD_DIM));
        };
    }

    private static Decoder first(ModelConfig config, LlamaStyle style) {
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = style.rotary(positions, 10_000);
        Activation activation = Activation.of(config, "hidden_act", "gelu_pytorch_tanh");
        boolean bias = config.flag("attention_bias", false);
        return decoder(
                style,
                positions,
                0,
                style.layers(i -> DecoderLayer.preNorm(
                        norm(style, i, "input_layernorm"),
                        style.attention(i, rotary, bias, bias),
                        norm(style, i, "post_attention_layernorm"),
                        style.gated(i, activation, false))));
    }

    private static Decoder second(ModelConfig config, LlamaStyle style) {
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = style.rotary(positions, 10_000);
        AttentionWindows windows = AttentionWindows.of(
                config, style.layerCount(), config.sizeOrOff("sliding_window", 4096), i -> i % 2 == 0);
        double softcap = config.numberOrOff("attn_logit_softcapping", 50);
        return decoder(
                style,
                positions,
                config.numberOrOff("final_logit_softcapping", 30),
                style.layers(i -> layer(
                        style,
                        i,
                        attention(config, style, i, rotary).withSoftcap(softcap).withWindow(windows.of(i)))));
    }

    private static Decoder third(ModelConfig config, LlamaStyle style) {
        RotaryConfig positions = RotaryConfig.of(config, AttentionWindows.FULL, style.maxPositions);
        Rotary global = style.rotary(positions, 1_000_000);
        double localTheta = config.number("rope_local_base_freq", 10_000);
        Rotary local = config.has("rope_parameters")
                ? RotaryConfig.of(config, AttentionWindows.SLIDING, style.maxPositions)
                        .rotary(localTheta, style.headDim)
                : new Rotary(RotaryScaling.plain(localTheta, style.headDim), 1);
        int pattern = config.size("sliding_window_pattern", config.size("_sliding_window_pattern", 6));
        AttentionWindows windows = AttentionWindows.of(
                config, style.layerCount(), config.sizeOrOff("sliding_window", 4096), i -> (i + 1) % pattern != 0);
        // attn_logit_softcapping is left alone: transformers' class reads the key and caps no scores with it.
        return decoder(style, positions, config.numberOrOff("final_logit_softcapping", 0), style.layers(i -> {
            Tensors self = style.layer(i).at("self_attn.");
            Attention attention = attention(config, style, i, windows.slides(i) ? local : global)
                    .withNorms(norm(style, self, "q_norm", style.headDim), norm(style, self, "k_norm", style.headDim))
                    .withWindow(windows.of(i));
            return layer(style, i, attention);
        }));
    }

    private static Decoder decoder(
            LlamaStyle style, RotaryConfig positions, double softcap, List<DecoderLayer> layers) {
        return new Decoder(
                style.tokenTable(),
                Math.sqrt(style.hidden),
                null,
                layers,
                norm(style, style.model, "norm", style.hidden),
                style.head(true),
                softcap,
                positions.maxPositions());
    }

    private static Attention attention(ModelConfig config, LlamaStyle style, int layer, Rotary rotary) {
        boolean bias = config.flag("attention_bias", false);
        return style.attention(layer, rotary, bias, bias)
                .withScale(1 / Math.sqrt(config.number("query_pre_attn_scalar", 256)));
    }

    private static DecoderLayer layer(LlamaStyle style, int index, Attention attention) {
        return new DecoderLayer(
                norm(style, index, "input_layernorm"),
                attention,
                norm(style, index, "post_attention_layernorm"),
                norm(style, index, "pre_feedforward_layernorm"),
                style.gated(index, Activation.of(style.config, "hidden_activation", "gelu_pytorch_tanh"), false),
                norm(style, index, "post_feedforward_layernorm"),
                DecoderLayer.Residual.SEQUENTIAL);
    }

    private static Norm norm(LlamaStyle style, int layer, String name) {
        return norm(style, style.layer(layer), name, style.hidden);
    }

    private static Norm norm(LlamaStyle style, Tensors at, String name, int size) {
        return Norm.rmsAroundOne(at.vector(name + ".weight", size), style.config.number("rms_norm_eps", 1e-6));
    }
}
