package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.checkpoint.JsonFiles;

/** {@code gpt2}: learned positions; its {@code Conv1D} matrices are stored transposed. */
final class Gpt2Mapping implements GgufMapping {

    @Override
    public ObjectNode config(GgufKeys keys) {
        ObjectNode config = JsonFiles.MAPPER.createObjectNode();
        config.putArray("architectures").add("GPT2LMHeadModel");
        config.put("model_type", "gpt2");
        config.put("n_embd", keys.size("embedding_length"));
        config.put("n_layer", keys.layers());
        config.put("n_head", keys.heads());
        config.put("n_positions", keys.size("context_length"));
        config.put("n_inner", keys.size("feed_forward_length"));
        config.put("layer_norm_epsilon", keys.requiredNumber("attention.layer_norm_epsilon"));
        config.put("activation_function", "gelu_new");
        config.put("scale_attn_weights", true);
        DecoderConfig.putVocabulary(keys, config);
        return config;
    }

    @Override
    public TensorNames names(ObjectNode config) {
        TensorLayout transposed = new TensorLayout.Transposed();
        return new TensorNames()
                .map("token_embd", "transformer.wte")
                .map("position_embd", "transformer.wpe")
                .map("output_norm", "transformer.ln_f")
                .map("output", "lm_head")
                .map("blk.{}.attn_norm", "transformer.h.{}.ln_1")
                .map("blk.{}.attn_qkv", "transformer.h.{}.attn.c_attn", transposed)
                .map("blk.{}.attn_output", "transformer.h.{}.attn.c_proj", transposed)
                .map("blk.{}.ffn_norm", "transformer.h.{}.ln_2")
                .map("blk.{}.ffn_up", "transformer.h.{}.mlp.c_fc", transposed)
                .map("blk.{}.ffn_down", "transformer.h.{}.mlp.c_proj", transposed);
    }
}
