package io.causalstreams.export.internal.architecture;

import io.causalstreams.export.internal.weight.Projection;
import java.util.List;

/** Granite 3: Llama with factors on the embedding, the scores, the branches and the logits. */
final class GraniteFamily implements Family {

    @Override
    public List<String> modelTypes() {
        return List.of("granite");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        LlamaStyle style = new LlamaStyle(config, tensors, 0, 0);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = style.rotary(positions, 10_000);
        Activation activation = Activation.of(config, "hidden_act", "silu");
        boolean attentionBias = config.flag("attention_bias", false);
        boolean mlpBias = config.flag("mlp_bias", false);
        double scale = config.number("attention_multiplier", 1);
        double branch = config.number("residual_multiplier", 1);
        return new Decoder(
                style.tokenTable(),
                config.number("embedding_multiplier", 1),
                null,
                style.layers(i -> DecoderLayer.preNorm(
                        style.rms(style.layer(i), "input_layernorm", style.hidden, 1e-6),
                        scaledOutput(style.attention(i, rotary, attentionBias, attentionBias), branch)
                                .withScale(scale),
                        style.rms(style.layer(i), "post_attention_layernorm", style.hidden, 1e-6),
                        scaledOutput(style.gated(i, activation, mlpBias), branch))),
                // The head is linear: dividing its input divides the logits, and leaves a tied table alone.
                style.rms(style.model, "norm", style.hidden, 1e-6).scaled(1 / config.number("logits_scaling", 1)),
                style.head(false),
                0,
                positions.maxPositions());
    }

    private static Attention scaledOutput(Attention attention, double factor) {
        Projection output = attention.output().scaled(factor);
        return attention.withProjections(attention.query(), attention.key(), attention.value(), output);
    }

    private static FeedForward scaledOutput(FeedForward.Gated gated, double factor) {
        return new FeedForward.Gated(gated.gate(), gated.up(), gated.down().scaled(factor), gated.activation());
    }
}
