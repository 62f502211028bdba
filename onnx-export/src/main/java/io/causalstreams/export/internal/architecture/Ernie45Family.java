package io.causalstreams.export.internal.architecture;

import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** ERNIE 4.5, without and with experts: Llama whose heads turn in neighbouring pairs. */
final class Ernie45Family implements Family {
    private static final int HEAD_DIM = 128;

    @Override
    public List<String> modelTypes() {
        return List.of("ernie4_5", "ernie4_5_moe");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        boolean mixture = config.modelType().equals("ernie4_5_moe");
        LlamaStyle style = new LlamaStyle(config, tensors, mixture ? 4 : 2, mixture ? 0 : HEAD_DIM);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = style.rotary(positions, 500_000);
        Activation activation = Activation.of(config, "hidden_act", "silu");
        boolean bias = config.flag("use_bias", false);
        IntFunction<FeedForward> feedForward =
                mixture ? experts(config, style, activation, bias) : i -> style.gated(i, activation, bias);
        style.model.at("mtp_").leaveOut(); // guesses further tokens
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> DecoderLayer.preNorm(
                        style.rms(style.layer(i), "input_layernorm", style.hidden, 1e-5),
                        NeighbourPairs.inHalves(style.attention(i, rotary, bias, bias)),
                        style.rms(style.layer(i), "post_attention_layernorm", style.hidden, 1e-5),
                        feedForward.apply(i))),
                style.rms(style.model, "norm", style.hidden, 1e-5),
                mixture && bias ? withBias(style, tensors) : style.head(true),
                0,
                positions.maxPositions());
    }

    private static Projection withBias(LlamaStyle style, Tensors tensors) {
        return new Projection(style.head(true).weight(), tensors.vector("lm_head.bias", style.vocabulary));
    }

    /** Every {@code moe_layer_interval}-th layer from {@code moe_layer_start_index} to {@code moe_layer_end_index} has experts. */
    private static IntFunction<FeedForward> experts(
            ModelConfig config, LlamaStyle style, Activation activation, boolean bias) {
        int first = config.count("moe_layer_start_index", 1);
        double stated = config.number("moe_layer_end_index", -1);
        double last = stated < 0 ? style.layerCount() - 1 : stated;
        int interval = config.size("moe_layer_interval", 1);
        return i -> i >= first && i <= last && (i + 1) % interval == 0
                ? experts(config, style, style.layer(i).at("mlp."), activation, bias)
                : style.gated(i, activation, bias);
    }

    private static FeedForward.Experts experts(
            ModelConfig config, LlamaStyle style, Tensors mlp, Activation activation, boolean bias) {
        int count = config.size("moe_num_experts", 64);
        int inner = config.size("moe_intermediate_size", 1536);
        Weight correction =
                mlp.matrix("moe_statics.e_score_correction_bias", 1, count).transposed();
        return new FeedForward.Experts(
                new Routing(
                        mlp.projection("gate", count, style.hidden, false),
                        Routing.Score.SOFTMAX,
                        correction,
                        null,
                        config.size("moe_k", 6),
                        true,
                        1),
                IntStream.range(0, count)
                        .mapToObj(e -> gated(style, mlp.at("experts." + e + "."), inner, activation, false))
                        .toList(),
                shared(config.count("moe_num_shared_experts", 2), style, mlp, inner, activation, bias));
    }

    private static FeedForward.@Nullable SharedExpert shared(
            int count, LlamaStyle style, Tensors mlp, int inner, Activation activation, boolean bias) {
        return count == 0
                ? null
                : new FeedForward.SharedExpert(
                        gated(style, mlp.at("shared_experts."), inner * count, activation, bias), null);
    }

    private static FeedForward.Gated gated(
            LlamaStyle style, Tensors at, int inner, Activation activation, boolean bias) {
        return style.gated(at, "gate_proj", "up_proj", "down_proj", inner, activation, bias);
    }
}
