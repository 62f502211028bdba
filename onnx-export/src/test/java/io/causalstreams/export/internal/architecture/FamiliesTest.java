package io.causalstreams.export.internal.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.checkpoint.safetensors.SafetensorsCheckpoint;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is not implemented is refused by a sentence that names the key. */
class FamiliesTest {
    private static final Path TINY = Path.of("src/test/resources/tiny");

    @Test
    void shouldListKnownTypesForAnUnknownOne() {
        assertThatThrownBy(() -> describe("llama-tied", "model_type", "\"bert\""))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("config.json: model_type is \"bert\"; implemented: ")
                .hasMessageContaining("gpt2")
                .hasMessageContaining("llama");
    }

    @ParameterizedTest
    @CsvSource({
        "qwen3_next, gated delta nets, recurrent state",
        "lfm2, short convolutions, convolution state",
        "lfm2_moe, short convolutions, convolution state",
        "granitemoehybrid, Mamba, recurrent state",
        "falcon_h1, Mamba, recurrent state",
        "jamba, Mamba, recurrent state",
        "nemotron_h, Mamba, recurrent state",
        "bamba, Mamba, recurrent state",
        "mamba, Mamba, recurrent state",
        "mamba2, Mamba, recurrent state",
        "zamba2, Mamba, recurrent state",
        "rwkv, RWKV, recurrent state",
        "minimax, lightning attention, recurrent state",
        "kimi_linear, gated delta nets, recurrent state",
    })
    void shouldSayWhatTheCacheCannotHold(String type, String layers, String state) {
        assertThatThrownBy(() -> describe("llama-tied", "model_type", '"' + type + '"'))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessage(
                        "config.json: model_type \"%s\" has layers of %s, whose %s the engine's cache of keys and values"
                                        .formatted(type, layers, state)
                                + " cannot hold; take a model with attention in every layer, such as of llama, mistral, qwen3,"
                                + " qwen3_moe, gemma3 or granite");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "llama-tied | hidden_act | \"tanhshrink\" | hidden_act is \"tanhshrink\"",
                "llama-tied | hidden_size | null | hidden_size is missing",
                "llama-tied | hidden_size | -4 | hidden_size is -4",
                "llama-tied | hidden_size | 33 | has shape",
                "llama-tied | num_key_value_heads | 3 | has shape",
                "llama-tied | attention_bias | true | has no tensor model.layers.0.self_attn.q_proj.bias",
                "llama-tied | tie_word_embeddings | false | has no tensor lm_head.weight",
                "llama-tied | partial_rotary_factor | 0.5 | partial_rotary_factor is 0.5",
                "llama-tied | rope_scaling | {\"rope_type\": \"spiral\"} | rope_scaling.rope_type is \"spiral\"",
                "llama-tied | rope_scaling | {\"rope_type\": \"linear\"} | rope_scaling.factor is missing",
                "llama-tied | rope_scaling | {\"rope_type\": \"llama3\", \"factor\": 2} | rope_scaling.low_freq_factor is missing",
                "llama-tied | rope_theta | 0 | rope_theta is 0.0",
                "llama-tied | rms_norm_eps | \"small\" | rms_norm_eps is \"small\"",
                "qwen2 | layer_types | [\"full_attention\"] | layer_types has 1 elements for 2 layers",
                "qwen2 | layer_types | [\"full_attention\", \"chunked_attention\"] | layer_types holds \"chunked_attention\"",
                "qwen2 | layer_types | [\"full_attention\", \"sliding_attention\"] | layer_types has a sliding layer",
                "gpt2 | add_cross_attention | true | add_cross_attention is true",
                "gpt2 | n_head | 5 | n_head is 5",
                "gemma3 | use_bidirectional_attention | true | use_bidirectional_attention is true",
                "mixtral | num_experts_per_tok | 9 | num_experts_per_tok is 9",
                "smollm3-nope | no_rope_layers | [1, 0] | no_rope_layers has 2 elements for 4 layers",
            })
    void shouldNameTheKeyThatItCannotFollow(String model, String key, String value, String message) {
        assertThatThrownBy(() -> describe(model, key, value))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining(message);
    }

    @Test
    void shouldOfferTheContextOfLongRopesLongFactors() throws Exception {
        // When
        Decoder decoder = describe("phi3-longrope", "pad_token_id", "0");

        // Then
        assertThat(decoder.maxPositions()).isEqualTo(64);
        assertThat(decoder.shortPositions()).isEqualTo(40);
        assertThat(decoder.ofShortSequences().maxPositions()).isEqualTo(40);
    }

    @Test
    void shouldEndTheContextOfLongRopeWhereItsShortFactorsEndWithoutLongOnes() throws Exception {
        // When
        Decoder decoder = describe(
                "phi3-longrope",
                "rope_scaling",
                "{\"type\": \"longrope\", \"short_factor\": [1, 1.1, 1.3, 1.5, 1.7, 2]}");

        // Then
        assertThat(decoder.maxPositions()).isEqualTo(40);
        assertThat(decoder.shortPositions()).isEqualTo(40);
    }

    @Test
    void shouldOfferTheContextThatYarnExtendsTheOriginalOneTo() throws Exception {
        // When: max_position_embeddings is 128
        Decoder decoder = describe("llama-tied", "rope_scaling", "{\"rope_type\": \"yarn\", \"factor\": 4}");
        Decoder stated = describe("llama-yarn", "pad_token_id", "0");

        // Then
        assertThat(decoder.maxPositions()).isEqualTo(512);
        assertThat(stated.maxPositions()).isEqualTo(64);
    }

    private static Decoder describe(String model, String key, String value) throws JsonProcessingException {
        try (Checkpoint checkpoint = SafetensorsCheckpoint.open(TINY.resolve(model))) {
            ObjectNode config = checkpoint.config().deepCopy();
            config.set(key, new ObjectMapper().readTree(value));
            return Families.describe(new ModelConfig(config), Tensors.of(checkpoint.weights()));
        }
    }
}
