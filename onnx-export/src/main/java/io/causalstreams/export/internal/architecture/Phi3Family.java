package io.causalstreams.export.internal.architecture;

import io.causalstreams.export.internal.weight.Projection;
import java.util.List;

/** Phi-3 and Phi-4: q, k, v in one matrix, gate and up in another; a part of each head may turn; a window in all layers. */
final class Phi3Family implements Family {

    @Override
    public List<String> modelTypes() {
        return List.of("phi3");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        LlamaStyle style = new LlamaStyle(config, tensors, 0, 0);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        Rotary rotary = positions.rotary(10_000, (int) (style.headDim * positions.partialFactor(1)));
        Activation activation = Activation.of(config, "hidden_act", "silu");
        int window = config.sizeOrOff("sliding_window", 0);
        AttentionWindows windows = AttentionWindows.of(config, style.layerCount(), window, i -> window > 0);
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> DecoderLayer.preNorm(
                        style.rms(style.layer(i), "input_layernorm", style.hidden, 1e-5),
                        attention(style, i, rotary).withWindow(windows.of(i)),
                        style.rms(style.layer(i), "post_attention_layernorm", style.hidden, 1e-5),
                        style.fusedGated(i, activation))),
                style.rms(style.model, "norm", style.hidden, 1e-5),
                style.head(false),
                0,
                positions.maxPositions());
    }

    private static Attention attention(LlamaStyle style, int layer, Rotary rotary) {
        int query = style.heads * style.headDim;
        int keyValue = style.kvHeads * style.headDim;
        Tensors self = style.layer(layer).at("self_attn.");
        Projection fused = self.projection("qkv_proj", query + 2 * keyValue, style.hidden, false);
        return Attention.plain(
                style.heads,
                style.kvHeads,
                style.headDim,
                fused.rows(0, query),
                fused.rows(query, keyValue),
                fused.rows(query + keyValue, keyValue),
                self.projection("o_proj", style.hidden, query, false),
                rotary);
    }
}
