package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code gemma2}: norms before and after each part, soft caps, a window in every second layer. */
final class Gemma2Mapping implements GgufMapping {

    /** The one size whose queries are scaled by its hidden size's share instead of its head size. */
    private static final int LAYERS_OF_27B = 46;

    @Override
    public ObjectNode config(GgufKeys keys) {
        ObjectNode config = DecoderConfig.of(keys, "gemma2", "Gemma2ForCausalLM");
        addAttention(keys, config, LAYERS_OF_27B);
        putNumber(keys, config, "attn_logit_softcapping");
        config.put("sliding_window", keys.integer("attention.sliding_window").orElse(4096));
        putLayerTypes(config, keys.layers(), 2);
        return config;
    }

    /** What Gemma 2 and 3 share; {@code largestLayers}: layers of the size with the other query scale. */
    static void addAttention(GgufKeys keys, ObjectNode config, int largestLayers) {
        config.put("head_dim", keys.headDim());
        config.put("hidden_activation", "gelu_pytorch_tanh");
        config.put("attention_bias", false);
        config.put(
                "query_pre_attn_scalar",
                keys.layers() == largestLayers ? keys.size("embedding_length") / keys.heads() : keys.headDim());
        putNumber(keys, config, "final_logit_softcapping");
    }

    private static void putNumber(GgufKeys keys, ObjectNode config, String key) {
        keys.number(key)
                .filter(value -> value != 0)
                .ifPresentOrElse(value -> config.put(key, value), () -> config.putNull(key));
    }

    /** Windows in all layers but each {@code period}th. */
    static void putLayerTypes(ObjectNode config, int layers, int period) {
        ArrayNode types = config.putArray("layer_types");
        for (int layer = 1; layer <= layers; layer++) {
            types.add(layer % period == 0 ? "full_attention" : "sliding_attention");
        }
    }

    @Override
    public TensorNames names(ObjectNode config) {
        TensorLayout plusOne = new TensorLayout.PlusOne();
        return TensorNames.decoder()
                .map("output_norm", "model.norm", plusOne)
                .map("blk.{}.attn_norm", "model.layers.{}.input_layernorm", plusOne)
                .map("blk.{}.post_attention_norm", "model.layers.{}.post_attention_layernorm", plusOne)
                .map("blk.{}.ffn_norm", "model.layers.{}.pre_feedforward_layernorm", plusOne)
                .map("blk.{}.post_ffw_norm", "model.layers.{}.post_feedforward_layernorm", plusOne);
    }
}
