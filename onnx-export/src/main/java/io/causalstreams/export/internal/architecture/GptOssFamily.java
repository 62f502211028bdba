package io.causalstreams.export.internal.architecture;

import io.causalstreams.export.internal.weight.ChannelOrder;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import java.util.List;
import java.util.stream.IntStream;

/**
 * gpt-oss: experts with biases and a gate that is cut off, a sink in every head, a window in every second layer.
 *
 * <p>All experts of a layer are stacked, inputs down, gate and up in turn: their matrices are shown as
 * {@code gate_up_proj.0}, {@code gate_up_proj.1}, …
 */
final class GptOssFamily implements Family {

    @Override
    public List<String> modelTypes() {
        return List.of("gpt_oss");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        LlamaStyle style = new LlamaStyle(config, tensors, 8, 64);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = style.rotary(positions, 150_000);
        AttentionWindows windows = AttentionWindows.of(
                config, style.layerCount(), config.sizeOrOff("sliding_window", 128), i -> i % 2 == 0);
        boolean bias = config.flag("attention_bias", true);
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> DecoderLayer.preNorm(
                        style.rms(style.layer(i), "input_layernorm", style.hidden, 1e-5),
                        style.attention(i, rotary, bias, bias)
                                .withSinks(style.layer(i).at("self_attn.").vector("sinks", style.heads))
                                .withWindow(windows.of(i)),
                        style.rms(style.layer(i), "post_attention_layernorm", style.hidden, 1e-5),
                        experts(config, style, style.layer(i).at("mlp.")))),
                style.rms(style.model, "norm", style.hidden, 1e-5),
                style.head(false),
                0,
                positions.maxPositions());
    }

    private static FeedForward experts(ModelConfig config, LlamaStyle style, Tensors mlp) {
        config.require("hidden_act", "silu");
        if (config.number("swiglu_alpha", 1.702) != 1.702) {
            throw config.refused("swiglu_alpha", "is not 1.702, the factor of quick GELU");
        }
        int count = config.size("num_local_experts", 128);
        Tensors at = mlp.at("experts.");
        Weight gateUpBias = at.matrix("gate_up_proj_bias", count, 2 * style.intermediate);
        Weight downBias = at.matrix("down_proj_bias", count, style.hidden);
        double limit = config.number("swiglu_limit", 7);
        return new FeedForward.Experts(
                // The softmax over the chosen scores is that over all, divided by the sum of the chosen.
                Routing.softmax(
                        mlp.projection("router", count, style.hidden, true),
                        config.size("num_experts_per_tok", 4),
                        true),
                IntStream.range(0, count)
                        .mapToObj(e -> {
                            Projection gateUp = projection(
                                    at.matrix("gate_up_proj." + e, style.hidden, 2 * style.intermediate),
                                    gateUpBias,
                                    e);
                            return new FeedForward.Gated(
                                    everySecond(gateUp, 0),
                                    everySecond(gateUp, 1),
                                    projection(
                                            at.matrix("down_proj." + e, style.intermediate, style.hidden), downBias, e),
                                    Activation.QUICK_GELU,
                                    limit);
                        })
                        .toList(),
                null);
    }

    private static Projection projection(Weight inputsDown, Weight biases, int expert) {
        Weight bias =
                biases.withRows(ChannelOrder.range(biases.rows(), expert, 1)).transposed();
        return new Projection(inputsDown.transposed(), bias);
    }

    private static Projection everySecond(Projection fused, int first) {
        int[] rows =
                IntStream.range(0, fused.outputs() / 2).map(i -> 2 * i + first).toArray();
        return fused.withOutputs(ChannelOrder.of(fused.outputs(), rows));
    }
}
