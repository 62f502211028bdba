package io.causalstreams.export.internal.checkpoint.gguf;

import static io.causalstreams.export.internal.checkpoint.gguf.file.TinyGguf.counting;
import static io.causalstreams.export.internal.checkpoint.gguf.file.TinyGguf.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import io.causalstreams.export.internal.checkpoint.WeightSource;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufBytes;
import io.causalstreams.export.internal.checkpoint.gguf.file.TinyGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GgufCheckpointTest {

    @TempDir
    Path directory;

    @Test
    void shouldRebuildLlamaConfig() throws IOException {
        // Given
        JsonNode expected = JsonFiles.MAPPER.readTree("""
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 4, "num_hidden_layers": 1,
                 "num_attention_heads": 2, "num_key_value_heads": 1, "intermediate_size": 2,
                 "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "vocab_size": 3,
                 "tie_word_embeddings": true, "eos_token_id": 2, "head_dim": 4, "hidden_act": "silu",
                 "attention_bias": false, "mlp_bias": false}
                """);

        // When
        try (Checkpoint checkpoint = open(TinyGguf.llama())) {

            // Then
            assertThat(checkpoint.config().toString()).isEqualTo(expected.toString());
        }
    }

    @Test
    void shouldPutRotaryRowsBackIntoHalves() throws IOException {
        // When
        try (Checkpoint checkpoint = open(TinyGguf.llama())) {
            float[] query = checkpoint.weights().read("model.layers.0.self_attn.q_proj.weight");
            float[] key = checkpoint.weights().read("model.layers.0.self_attn.k_proj.weight");

            // Then rows 0 2 1 3 of each head
            assertThat(firstOfEachRow(query)).containsExactly(0, 8, 4, 12, 16, 24, 20, 28);
            assertThat(firstOfEachRow(key)).containsExactly(0, 8, 4, 12);
            assertThat(checkpoint.weights().read("model.layers.0.self_attn.v_proj.weight"))
                    .containsExactly(counting(16));
        }
    }

    @Test
    void shouldReadAnyRowsAsTheWholeTensorHasThem() throws IOException {
        // Given
        try (Checkpoint checkpoint = open(TinyGguf.llama())) {
            String query = "model.layers.0.self_attn.q_proj.weight";
            float[] rows = new float[12];

            // When
            checkpoint.weights().open(query).read(8, 12, rows, 0);

            // Then
            assertThat(rows).isEqualTo(Arrays.copyOfRange(checkpoint.weights().read(query), 8, 20));
        }
    }

    @Test
    void shouldSplitMixtralExperts() throws IOException {
        // Given
        GgufBytes mixtral = TinyGguf.llama()
                .u32("llama.expert_count", 2)
                .u32("llama.expert_used_count", 1)
                .tensor("blk.0.ffn_gate_inp.weight", shape(2, 4), counting(8))
                .tensor("blk.0.ffn_down_exps.weight", shape(2, 4, 2), counting(16));

        // When
        try (Checkpoint checkpoint = open(mixtral)) {

            // Then
            assertThat(checkpoint.config().path("model_type").asText()).isEqualTo("mixtral");
            assertThat(checkpoint.config().path("num_local_experts").asInt()).isEqualTo(2);
            WeightSource weights = checkpoint.weights();
            assertThat(weights.shape("model.layers.0.block_sparse_moe.experts.1.w2.weight"))
                    .containsExactly(4, 2);
            assertThat(weights.read("model.layers.0.block_sparse_moe.experts.1.w2.weight"))
                    .containsExactly(8, 9, 10, 11, 12, 13, 14, 15);
        }
    }

    @Test
    void shouldRecoverLlama3RopeScaling() throws IOException {
        // Given the divisors of factor 8 over 8 original positions, head size 4, theta 10000
        GgufBytes scaled = TinyGguf.llama().tensor("rope_freqs.weight", shape(2), 4.88532f, 8);

        // When
        try (Checkpoint checkpoint = open(scaled)) {

            // Then
            JsonNode scaling = checkpoint.config().path("rope_scaling");
            assertThat(scaling.path("rope_type").asText()).isEqualTo("llama3");
            assertThat(scaling.path("factor").asDouble()).isEqualTo(8);
            assertThat(scaling.path("original_max_position_embeddings").asInt()).isEqualTo(8);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 128})
    void shouldRecoverUnusualRopeScaling(int headDim) throws IOException {
        // Given the divisors of factor 6, low 2, high 5 over 500 positions, theta 10000
        float[] divisors = divisors(headDim, 6, 2, 5, 500);

        // When
        try (Checkpoint checkpoint = open(TinyGguf.llama().tensor("rope_freqs.weight", shape(headDim / 2), divisors))) {

            // Then some scaling of the same effect
            JsonNode scaling = checkpoint.config().path("rope_scaling");
            float[] recovered = divisors(
                    headDim,
                    scaling.path("factor").asDouble(),
                    scaling.path("low_freq_factor").asDouble(),
                    scaling.path("high_freq_factor").asDouble(),
                    scaling.path("original_max_position_embeddings").asDouble());
            assertThat(recovered).containsExactly(divisors, Offset.offset(0.001f));
        }
    }

    /** As llama.cpp's converter computes them. */
    private static float[] divisors(int headDim, double factor, double low, double high, double original) {
        float[] divisors = new float[headDim / 2];
        for (int i = 0; i < divisors.length; i++) {
            double wavelength = 2 * Math.PI * Math.pow(10000, 2.0 * i / headDim);
            double smooth = Math.min(1, Math.max(0, (original / wavelength - low) / (high - low)));
            divisors[i] = (float) (1 / ((1 - smooth) / factor + smooth));
        }
        return divisors;
    }

    @ParameterizedTest
    @CsvSource({
        "lfm2, short convolutions, convolution state",
        "lfm2moe, short convolutions, convolution state",
        "qwen3next, gated delta nets, recurrent state",
        "jamba, Mamba, recurrent state",
        "falcon-h1, Mamba, recurrent state",
        "granitehybrid, Mamba, recurrent state",
        "nemotron_h, Mamba, recurrent state",
        "rwkv7, RWKV, recurrent state",
        "kimi-linear, gated delta nets, recurrent state",
    })
    void shouldSayWhatTheCacheCannotHold(String architecture, String layers, String state) {
        refuses(
                TinyGguf.llama().string("general.architecture", architecture),
                "architecture \"%s\" has layers of %s, whose %s the engine's cache of keys and values cannot hold"
                        .formatted(architecture, layers, state));
    }

    @Test
    void shouldRefuseWhatItDoesNotKnow() {
        refuses(
                TinyGguf.llama().string("general.architecture", "bloom"),
                "architecture bloom cannot be read from GGUF");
        refuses(
                TinyGguf.llama().tensor("blk.0.attn_sinks.weight", shape(2), 1, 2),
                "blk.0.attn_sinks.weight has no place");
        refuses(
                TinyGguf.llama().tensor("blk.1.ffn_norm.weight", shape(4), counting(4)),
                "blk.1.ffn_norm.weight has no place");
        refuses(TinyGguf.llama().tensor("x.weight", 99, shape(256), new byte[66]), "x.weight has ggml type 99");
        refuses(TinyGguf.llama().string("llama.rope.scaling.type", "spiral"), "has rope scaling spiral");
        refuses(TinyGguf.llama().tensor("rope_freqs.weight", shape(2), 3, 1), "rope_freqs.weight is not a scaling");
        refuses(TinyGguf.llama().u32("llama.attention.head_count", 3), "does not fit the head counts");
        // Twice this count overflows an int.
        refuses(TinyGguf.llama().u32("llama.attention.head_count", Integer.MAX_VALUE), "does not fit the head counts");
        refuses(TinyGguf.llama().string("llama.block_count", "one"), "llama.block_count is not an integer");
        refuses(TinyGguf.llama().u32("llama.block_count", 0), "llama.block_count is 0");
        refuses(new GgufBytes().string("general.architecture", "llama"), "metadata llama.embedding_length is missing");
        refuses(TinyGguf.llama().string("llama.rope.scaling.type", "longrope"), "has rope scaling longrope");
        refuses(TinyGguf.llama().u32("llama.rope.dimension_count", 2), "rotates only a part of each head");
        refuses(TinyGguf.llama().u32("llama.attention.value_length", 2), "keys and values of different lengths");
        refuses(TinyGguf.llama().flag("llama.attention.causal", false), "attends to later tokens");
        refuses(
                TinyGguf.llama().tensor("blk.0.attn_q.bias", shape(8), counting(8)),
                "has biases in only some of attn_q");
        refuses(TinyGguf.llama().u32("split.count", 3), "is one of 3 parts, which are found by their names");
        refuses(new GgufBytes(), "metadata general.architecture is missing");
    }

    private void refuses(GgufBytes file, String reason) {
        assertThatThrownBy(() -> open(file).close())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }

    private Checkpoint open(GgufBytes file) throws IOException {
        Path path = directory.resolve("tiny.gguf");
        Files.write(path, file.build());
        return GgufCheckpoint.open(path);
    }

    /** Column 0 of a matrix with 4 columns. */
    private static float[] firstOfEachRow(float[] matrix) {
        float[] column = new float[matrix.length / 4];
        for (int row = 0; row < column.length; row++) {
            column[row] = matrix[row * 4];
        }
        return column;
    }
}
