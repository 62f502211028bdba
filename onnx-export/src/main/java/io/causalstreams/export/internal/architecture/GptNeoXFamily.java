package io.causalstreams.export.internal.architecture;

import io.causalstreams.export.internal.weight.ChannelOrder;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** GPT-NeoX and Pythia: q, k, v interleaved by head in one matrix, a part of each head turns, branches in parallel or not. */
final class GptNeoXFamily implements Family {

    @Override
    public List<String> modelTypes() {
        return List.of("gpt_neox");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        Tensors model = tensors.atOrHere("gpt_neox.", "embed_in.weight");
        int hidden = config.size("hidden_size", 6144);
        int heads = config.size("num_attention_heads", 64);
        int vocabulary = config.size("vocab_size", 50432);
        if (hidden % heads != 0) {
            throw config.refused(
                    "num_attention_heads", "is %d, which does not divide hidden_size %d".formatted(heads, hidden));
        }
        int headDim = hidden / heads;
        RotaryConfig positions = RotaryConfig.of(config, config.size("max_position_embeddings", 2048));
        double part = config.number("rotary_pct", positions.partialFactor(0.25));
        Rotary rotary = positions.rotary(config.number("rotary_emb_base", 10_000), (int) (headDim * part));
        Weight tokenTable = model.matrix("embed_in.weight", vocabulary, hidden);
        List<DecoderLayer> layers = new ArrayList<>();
        for (int i = 0; i < config.size("num_hidden_layers", 44); i++) {
            layers.add(layer(config, model.at("layers." + i + "."), hidden, heads, rotary));
        }
        return new Decoder(
                tokenTable,
                1,
                null,
                layers,
                norm(config, model, "final_layer_norm", hidden),
                config.flag("tie_word_embeddings", false)
                        ? new Projection(tokenTable, null)
                        : tensors.projection("embed_out", vocabulary, hidden, false),
                0,
                positions.maxPositions());
    }

    private static DecoderLayer layer(ModelConfig config, Tensors layer, int hidden, int heads, Rotary rotary) {
        boolean bias = config.flag("attention_bias", true);
        int inner = config.size("intermediate_size", 24576);
        Tensors self = layer.at("attention.");
        Projection fused = self.projection("query_key_value", 3 * hidden, hidden, bias);
        Attention attention = Attention.plain(
                heads,
                heads,
                hidden / heads,
                part(fused, 0, heads),
                part(fused, 1, heads),
                part(fused, 2, heads),
                self.projection("dense", hidden, hidden, bias),
                rotary);
        Tensors mlp = layer.at("mlp.");
        return new DecoderLayer(
                norm(config, layer, "input_layernorm", hidden),
                attention,
                null,
                norm(config, layer, "post_attention_layernorm", hidden),
                new FeedForward.Plain(
                        mlp.projection("dense_h_to_4h", inner, hidden, true),
                        mlp.projection("dense_4h_to_h", hidden, inner, true),
                        Activation.of(config, "hidden_act", "gelu")),
                null,
                config.flag("use_parallel_residual", true)
                        ? DecoderLayer.Residual.PARALLEL
                        : DecoderLayer.Residual.SEQUENTIAL);
    }

    /** Rows are ordered head by head, and within a head q, k, v: part 0, 1, 2. */
    private static Projection part(Projection fused, int part, int heads) {
        int headDim = fused.outputs() / (3 * heads);
        int[] rows = IntStream.range(0, heads * headDim)
                .map(i -> i / headDim * 3 * headDim + part * headDim + i % headDim)
                .toArray();
        return fused.withOutputs(ChannelOrder.of(fused.outputs(), rows));
    }

    private static Norm norm(ModelConfig config, Tensors at, String name, int size) {
        return Norm.layer(
                at.vector(name + ".weight", size),
                at.vector(name + ".bias", size),
                config.number("layer_norm_eps", 1e-5));
    }
}
