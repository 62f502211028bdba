package io.causalstreams.export.internal.encoder;

import io.causalstreams.export.internal.architecture.Activation;
import io.causalstreams.export.internal.architecture.FeedForward;
import io.causalstreams.export.internal.architecture.ModelConfig;
import io.causalstreams.export.internal.architecture.Norm;
import io.causalstreams.export.internal.architecture.Tensors;
import java.util.ArrayList;
import java.util.List;

/** DistilBERT: BERT without token types, under names of its own. */
final class DistilBertFamily implements EncoderFamily {
    private static final double EPSILON = 1e-12;

    @Override
    public List<String> modelTypes() {
        return List.of("distilbert");
    }

    @Override
    public Encoder encoder(ModelConfig config, Tensors tensors) {
        if (config.flag("sinusoidal_pos_embds", false) && !tensors.has("embeddings.position_embeddings.weight")) {
            throw config.refused("sinusoidal_pos_embds", "is true, and the checkpoint holds no table of positions");
        }
        Tensors model = tensors.atOrHere("distilbert.", "embeddings.word_embeddings.weight");
        Tensors embeddings = model.at("embeddings.");
        int hidden = config.size("dim", 768);
        List<EncoderLayer> layers = new ArrayList<>();
        for (int i = 0; i < config.size("n_layers", 6); i++) {
            layers.add(layer(config, model.at("transformer.layer." + i + "."), hidden));
        }
        return new Encoder(
                embeddings.matrix("word_embeddings.weight", config.size("vocab_size"), hidden),
                embeddings.matrix("position_embeddings.weight", config.size("max_position_embeddings", 512), hidden),
                null,
                norm(embeddings.at("LayerNorm."), hidden),
                layers);
    }

    @Override
    public ScoringHead head(ModelConfig config, Tensors tensors) {
        throw config.refused("architectures", "asks for scores of pairs; a distilbert is exported for embeddings only");
    }

    private static EncoderLayer layer(ModelConfig config, Tensors layer, int hidden) {
        int inner = config.size("hidden_dim", 4 * hidden);
        Tensors attention = layer.at("attention.");
        return new EncoderLayer(
                config.size("n_heads", 12),
                attention.projection("q_lin", hidden, hidden, true),
                attention.projection("k_lin", hidden, hidden, true),
                attention.projection("v_lin", hidden, hidden, true),
                attention.projection("out_lin", hidden, hidden, true),
                norm(layer.at("sa_layer_norm."), hidden),
                new FeedForward.Plain(
                        layer.projection("ffn.lin1", inner, hidden, true),
                        layer.projection("ffn.lin2", hidden, inner, true),
                        Activation.of(config, "activation", "gelu")),
                norm(layer.at("output_layer_norm."), hidden));
    }

    private static Norm norm(Tensors at, int size) {
        return Norm.layer(at.vector("weight", size), at.vector("bias", size), EPSILON);
    }
}
