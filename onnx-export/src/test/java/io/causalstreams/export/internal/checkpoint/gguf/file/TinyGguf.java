package io.causalstreams.export.internal.checkpoint.gguf.file;

import java.util.List;

/** Small GGUF models for tests. */
public final class TinyGguf {

    private TinyGguf() {}

    /** One layer of Llama: hidden size 4, 2 query heads of size 4 over 1 key-value head, 3 tokens, tied output. */
    public static GgufBytes llama() {
        return new GgufBytes()
                .string("general.architecture", "llama")
                .u32("llama.block_count", 1)
                .u32("llama.context_length", 64)
                .u32("llama.embedding_length", 4)
                .u32("llama.feed_forward_length", 2)
                .u32("llama.attention.head_count", 2)
                .u32("llama.attention.head_count_kv", 1)
                .u32("llama.attention.key_length", 4)
                .u32("llama.rope.dimension_count", 4)
                .f32("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .string("tokenizer.ggml.model", "gpt2")
                .strings("tokenizer.ggml.tokens", List.of("a", "b", "<|end|>"))
                .i32s("tokenizer.ggml.token_type", 1, 1, 3)
                .u32("tokenizer.ggml.eos_token_id", 2)
                .tensor("token_embd.weight", shape(3, 4), counting(12))
                .tensor("output_norm.weight", shape(4), counting(4))
                .tensor("blk.0.attn_norm.weight", shape(4), counting(4))
                .tensor("blk.0.attn_q.weight", shape(8, 4), counting(32))
                .tensor("blk.0.attn_k.weight", shape(4, 4), counting(16))
                .tensor("blk.0.attn_v.weight", shape(4, 4), counting(16))
                .tensor("blk.0.attn_output.weight", shape(4, 8), counting(32))
                .tensor("blk.0.ffn_norm.weight", shape(4), counting(4))
                .tensor("blk.0.ffn_gate.weight", shape(2, 4), counting(8))
                .tensor("blk.0.ffn_up.weight", shape(2, 4), counting(8))
                .tensor("blk.0.ffn_down.weight", shape(4, 2), counting(8));
    }

    public static long[] shape(long... dimensions) {
        return dimensions;
    }

    /** 0, 1, 2, ... */
    public static float[] counting(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i;
        }
        return values;
    }
}
