package io.causalstreams.export.internal.architecture;

import io.causalstreams.export.internal.weight.ChannelOrder;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import java.util.ArrayList;
import java.util.List;

/** GPT-2: learned positions, LayerNorm, q, k, v in one matrix; matrices are stored as (inputs, outputs). */
final class Gpt2Family implements Family {

    @Override
    public List<String> modelTypes() {
        return List.of("gpt2");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        if (config.flag("add_cross_attention", false)) {
            throw config.refused("add_cross_attention", "is true; implemented: decoders alone");
        }
        Tensors model = tensors.atOrHere("transformer.", "wte.weight");
        int hidden = config.size("n_embd", 768);
        int heads = config.size("n_head", 12);
        int positions = config.size("n_positions", 1024);
        int vocabulary = config.size("vocab_size", 50257);
        if (hidden % heads != 0) {
            throw config.refused("n_head", "is %d, which does not divide n_embd %d".formatted(heads, hidden));
        }
        Weight tokenTable = model.matrix("wte.weight", vocabulary, hidden);
        List<DecoderLayer> layers = new ArrayList<>();
        for (int i = 0; i < config.size("n_layer", 12); i++) {
            Tensors layer = model.at("h." + i + ".");
            layers.add(DecoderLayer.preNorm(
                    norm(config, layer, "ln_1", hidden),
                    attention(config, layer.at("attn."), hidden, heads, i),
                    norm(config, layer, "ln_2", hidden),
                    feedForward(config, layer.at("mlp."), hidden)));
        }
        return new Decoder(
                tokenTable,
                1,
                model.matrix("wpe.weight", positions, hidden),
                layers,
                norm(config, model, "ln_f", hidden),
                config.flag("tie_word_embeddings", true)
                        ? new Projection(tokenTable, null)
                        : tensors.projection("lm_head", vocabulary, hidden, false),
                0,
                positions);
    }

    private static Attention attention(ModelConfig config, Tensors at, int hidden, int heads, int layer) {
        Projection fused = stored(at, "c_attn", 3 * hidden, hidden);
        double scale = config.flag("scale_attn_weights", true) ? Math.sqrt((double) heads / hidden) : 1;
        if (config.flag("scale_attn_by_inverse_layer_idx", false)) {
            scale /= layer + 1;
        }
        return Attention.plain(
                        heads,
                        heads,
                        hidden / heads,
                        fused.withOutputs(ChannelOrder.range(3 * hidden, 0, hidden)),
                        fused.withOutputs(ChannelOrder.range(3 * hidden, hidden, hidden)),
                        fused.withOutputs(ChannelOrder.range(3 * hidden, 2 * hidden, hidden)),
                        stored(at, "c_proj", hidden, hidden),
                        null)
                .withScale(scale);
    }

    private static FeedForward feedForward(ModelConfig config, Tensors at, int hidden) {
        int inner = config.size("n_inner", 4 * hidden);
        return new FeedForward.Plain(
                stored(at, "c_fc", inner, hidden),
                stored(at, "c_proj", hidden, inner),
                Activation.of(config, "activation_function", "gelu_new"));
    }

    private static Projection stored(Tensors at, String name, int outputs, int inputs) {
        return new Projection(
                at.matrix(name + ".weight", inputs, outputs).transposed(), at.vector(name + ".bias", outputs));
    }

    private static Norm norm(ModelConfig config, Tensors at, String name, int size) {
        return Norm.layer(
                at.vector(name + ".weight", size),
                at.vector(name + ".bias", size),
                config.number("layer_norm_epsilon", 1e-5));
    }
}
