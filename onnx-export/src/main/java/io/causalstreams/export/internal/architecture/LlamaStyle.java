package io.causalstreams.export.internal.architecture;

import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The keys and tensor names that most families took over from Llama: {@code hidden_size}, {@code model.layers.0.self_attn.q_proj},
 * … A family asks for the parts it shares and makes the others itself.
 */
final class LlamaStyle {
    final ModelConfig config;
    final Tensors model;
    final int hidden;
    final int intermediate;
    final int heads;
    final int kvHeads;
    final int headDim;
    final int vocabulary;
    final int maxPositions;
    private final Tensors tensors;
    private final int layerCount;

    /**
     * @param headDim absent {@code head_dim}; 0 = hidden_size / num_attention_heads
     * @param kvHeads absent {@code num_key_value_heads}; 0 = as many as query heads
     */
    LlamaStyle(ModelConfig config, Tensors tensors, int kvHeads, int headDim) {
        this.config = config;
        this.tensors = tensors;
        this.model = tensors.atOrHere("model.", "embed_tokens.weight");
        this.hidden = config.size("hidden_size");
        this.intermediate = config.size("intermediate_size");
        this.heads = config.size("num_attention_heads");
        this.kvHeads = config.size("num_key_value_heads", kvHeads > 0 ? kvHeads : heads);
        this.headDim = config.size("head_dim", headDim > 0 ? headDim : Math.max(1, hidden / heads));
        this.vocabulary = config.size("vocab_size");
        this.maxPositions = config.size("max_position_embeddings");
        this.layerCount = config.size("num_hidden_layers");
    }

    int layerCount() {
        return layerCount;
    }

    Tensors layer(int index) {
        return model.at("layers." + index + ".");
    }

    Weight tokenTable() {
        return model.matrix("embed_tokens.weight", vocabulary, hidden);
    }

    List<DecoderLayer> layers(IntFunction<DecoderLayer> layer) {
        List<DecoderLayer> layers = new ArrayList<>();
        for (int i = 0; i < layerCount; i++) {
            layers.add(layer.apply(i));
        }
        return layers;
    }

    /**
     * The output head.
     *
     * @param tiedByDefault the family's default of {@code tie_word_embeddings}
     */
    Projection head(boolean tiedByDefault) {
        return config.flag("tie_word_embeddings", tiedByDefault)
                ? new Projection(tokenTable(), null)
                : tensors.projection("lm_head", vocabulary, hidden, false);
    }

    /** {@code q_proj}, {@code k_proj}, {@code v_proj} and {@code o_proj} of layer {@code index}. */
    Attention attention(int index, @Nullable Rotary rotary, boolean bias, boolean outputBias) {
        Tensors self = layer(index).at("self_attn.");
        return Attention.plain(
                heads,
                kvHeads,
                headDim,
                self.projection("q_proj", heads * headDim, hidden, bias),
                self.projection("k_proj", kvHeads * headDim, hidden, bias),
                self.projection("v_proj", kvHeads * headDim, hidden, bias),
                self.projection("o_proj", hidden, heads * headDim, outputBias),
                rotary);
    }

    /** {@code gate_proj}, {@code up_proj} and {@code down_proj} of layer {@code index}. */
    FeedForward.Gated gated(int index, Activation activation, boolean bias) {
        return gated(layer(index).at("mlp."), "gate_proj", "up_proj", "down_proj", intermediate, activation, bias);
    }

    /** {@code gate_up_proj}, gate above up in one matrix, and {@code down_proj} of layer {@code index}. */
    FeedForward.Gated fusedGated(int index, Activation activation) {
        Tensors mlp = layer(index).at("mlp.");
        Projection fused = mlp.projection("gate_up_proj", 2 * intermediate, hidden, false);
        return new FeedForward.Gated(
                fused.rows(0, intermediate),
                fused.rows(intermediate, intermediate),
                mlp.projection("down_proj", hidden, intermediate, false),
                activation);
    }

    /** A gated feed-forward layer whose three projections have the names given. */
    FeedForward.Gated gated(
            Tensors at, String gate, String up, String down, int inner, Activation activation, boolean bias) {
        return new FeedForward.Gated(
                at.projection(gate, inner, hidden, bias),
                at.projection(up, inner, hidden, bias),
                at.projection(down, hidden, inner, bias),
                activation);
    }

    /** Rotary positions of whole heads; families that turn a part of the head do not ask for these. */
    Rotary rotary(RotaryConfig positions, double absentTheta) {
        if (positions.partialFactor(1) != 1) {
            throw config.refused(
                    "partial_rotary_factor",
                    "is %s; model_type %s turns whole heads".formatted(positions.partialFactor(1), config.modelType()));
        }
        return positions.rotary(absentTheta, headDim);
    }

    Norm rms(Tensors at, String name, int size, double absentEpsilon) {
        return Norm.rms(at.vector(name + ".weight", size), config.number("rms_norm_eps", absentEpsilon));
    }
}
