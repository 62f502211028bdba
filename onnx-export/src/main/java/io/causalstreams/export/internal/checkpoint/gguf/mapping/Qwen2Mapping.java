package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code qwen2}: biased queries, keys and values, stored as they are. */
final class Qwen2Mapping implements GgufMapping {

    @Override
    public ObjectNode config(GgufKeys keys) {
        if (!keys.biased("attn_q", "attn_k", "attn_v") || keys.hasTensor("blk.0.attn_output.bias")) {
            throw keys.unsupported("has other biases than those of queries, keys and values");
        }
        ObjectNode config = DecoderConfig.of(keys, "qwen2", "Qwen2ForCausalLM");
        config.put("hidden_act", "silu");
        config.put("use_sliding_window", false);
        return config;
    }

    @Override
    public TensorNames names(ObjectNode config) {
        return TensorNames.decoder();
    }
}
