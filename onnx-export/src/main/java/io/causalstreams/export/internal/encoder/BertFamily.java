package io.causalstreams.export.internal.encoder;

import io.causalstreams.export.internal.architecture.Activation;
import io.causalstreams.export.internal.architecture.FeedForward;
import io.causalstreams.export.internal.architecture.ModelConfig;
import io.causalstreams.export.internal.architecture.Norm;
import io.causalstreams.export.internal.architecture.Tensors;
import io.causalstreams.export.internal.weight.ChannelOrder;
import io.causalstreams.export.internal.weight.Weight;
import java.util.ArrayList;
import java.util.List;

/**
 * BERT, and RoBERTa and XLM-RoBERTa, which number positions from behind the padding token's id: all-MiniLM, E5, BGE, GTE
 * (of the first version), ms-marco cross-encoders.
 */
final class BertFamily implements EncoderFamily {

    @Override
    public List<String> modelTypes() {
        return List.of("bert", "roberta", "xlm-roberta", "camembert");
    }

    @Override
    public Encoder encoder(ModelConfig config, Tensors tensors) {
        config.require("position_embedding_type", "absolute");
        if (config.flag("is_decoder", false)) {
            throw config.refused("is_decoder", "is true; this model_type is read as an encoder");
        }
        Tensors model = model(config, tensors);
        Tensors embeddings = model.at("embeddings.");
        int hidden = config.size("hidden_size");
        int types = config.size("type_vocab_size", 2);
        List<EncoderLayer> layers = new ArrayList<>();
        for (int i = 0; i < config.size("num_hidden_layers"); i++) {
            layers.add(layer(config, model.at("encoder.layer." + i + "."), hidden));
        }
        return new Encoder(
                embeddings.matrix("word_embeddings.weight", config.size("vocab_size"), hidden),
                positions(config, embeddings, hidden),
                embeddings.matrix("token_type_embeddings.weight", types, hidden),
                norm(config, embeddings.at("LayerNorm."), hidden),
                layers);
    }

    @Override
    public ScoringHead head(ModelConfig config, Tensors tensors) {
        int hidden = config.size("hidden_size");
        return isBert(config)
                ? new ScoringHead(
                        tensors.projection("bert.pooler.dense", hidden, hidden, true),
                        tensors.projection("classifier", 1, hidden, true))
                : new ScoringHead(
                        tensors.projection("classifier.dense", hidden, hidden, true),
                        tensors.projection("classifier.out_proj", 1, hidden, true));
    }

    private static boolean isBert(ModelConfig config) {
        return config.modelType().equals("bert");
    }

    private static Tensors model(ModelConfig config, Tensors tensors) {
        return tensors.atOrHere(isBert(config) ? "bert." : "roberta.", "embeddings.word_embeddings.weight");
    }

    private static Weight positions(ModelConfig config, Tensors embeddings, int hidden) {
        int rows = config.size("max_position_embeddings");
        Weight table = embeddings.matrix("position_embeddings.weight", rows, hidden);
        List<Integer> padding = config.tokenIds("pad_token_id");
        int first = isBert(config) ? 0 : 1 + (padding.isEmpty() ? 1 : padding.get(0));
        return table.withRows(ChannelOrder.range(rows, first, rows - first));
    }

    private static EncoderLayer layer(ModelConfig config, Tensors layer, int hidden) {
        int inner = config.size("intermediate_size");
        Tensors self = layer.at("attention.self.");
        return new EncoderLayer(
                config.size("num_attention_heads"),
                self.projection("query", hidden, hidden, true),
                self.projection("key", hidden, hidden, true),
                self.projection("value", hidden, hidden, true),
                layer.projection("attention.output.dense", hidden, hidden, true),
                norm(config, layer.at("attention.output.LayerNorm."), hidden),
                new FeedForward.Plain(
                        layer.projection("intermediate.dense", inner, hidden, true),
                        layer.projection("output.dense", hidden, inner, true),
                        Activation.of(config, "hidden_act", "gelu")),
                norm(config, layer.at("output.LayerNorm."), hidden));
    }

    private static Norm norm(ModelConfig config, Tensors at, int size) {
        return Norm.layer(at.vector("weight", size), at.vector("bias", size), config.number("layer_norm_eps", 1e-12));
    }
}
