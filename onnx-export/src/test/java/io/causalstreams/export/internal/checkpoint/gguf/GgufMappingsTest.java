package io.causalstreams.export.internal.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.checkpoint.WeightSource;
import io.causalstreams.export.internal.checkpoint.safetensors.SafetensorsCheckpoint;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same models as safetensors ({@code tiny}) and as GGUF ({@code tiny-gguf}, by {@code src/test/python/tiny_gguf.py}). */
final class GgufMappingsTest {

    /** Keys of config.json that do not change what the model computes, or repeat what others say. */
    private static final Set<String> NO_EFFECT = Set.of(
            "_sliding_window_pattern",
            "attention_dropout",
            "attn_pdrop",
            "classifier_dropout",
            "dtype",
            "embd_pdrop",
            "embedding_dropout",
            "hidden_dropout",
            "initializer_range",
            "max_window_layers",
            "n_inner",
            "output_router_logits",
            "pretraining_tp",
            "reorder_and_upcast_attn",
            "resid_pdrop",
            "residual_dropout",
            "router_aux_loss_coef",
            "router_jitter_noise",
            "scale_attn_by_inverse_layer_idx",
            "transformers_version",
            "use_bidirectional_attention",
            "use_cache");

    /** What a GGUF file cannot say; the value is then that of the released models. */
    private static final Map<String, Set<String>> NOT_IN_THE_FILE = Map.of(
            "gemma2", Set.of("query_pre_attn_scalar"),
            "gemma3", Set.of("layer_types"),
            "mistral-swa", Set.of("architectures", "model_type", "sliding_window"),
            "mixtral", Set.of("head_dim"),
            "smollm3-nope", Set.of("no_rope_layer_interval", "no_rope_layers", "layer_types"),
            "qwen2", Set.of("layer_types"),
            "qwen3", Set.of("layer_types"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gemma2",
                "gemma3",
                "gpt-neox",
                "gpt2",
                "granite",
                "llama-rope-linear-headdim",
                "llama-rope3-bias",
                "llama-tied",
                "llama-untied",
                "mistral-swa",
                "mixtral",
                "olmo2",
                "phi3",
                "qwen2",
                "qwen3",
                "qwen3-moe",
                "smollm3-nope",
                "starcoder2"
            })
    void shouldReadSameModelFromBothFormats(String model) throws URISyntaxException {
        // Given
        try (Checkpoint expected = SafetensorsCheckpoint.open(resource("/tiny/" + model))) {

            // When
            try (Checkpoint actual = GgufCheckpoint.open(resource("/tiny-gguf/" + model + ".gguf"))) {

                // Then
                assertSameWeights(actual.weights(), expected.weights());
                for (Map.Entry<String, JsonNode> entry : expected.config().properties()) {
                    if (!isLost(model, entry.getKey())) {
                        assertSameValue(entry.getKey(), actual.config().path(entry.getKey()), entry.getValue());
                    }
                }
            }
        }
    }

    private static void assertSameWeights(WeightSource actual, WeightSource expected) {
        assertThat(new TreeSet<>(actual.names())).isEqualTo(new TreeSet<>(expected.names()));
        for (String name : expected.names()) {
            assertThat(actual.shape(name)).as(name).isEqualTo(expected.shape(name));
            // fp16 keeps 11 bits; weights are below 2.
            assertThat(actual.read(name)).as(name).containsExactly(expected.read(name), Offset.offset(0.001f));
        }
    }

    private static void assertSameValue(String key, JsonNode actual, JsonNode expected) {
        if (expected.isNumber()) {
            assertThat(actual.asDouble(Double.NaN)).as(key).isEqualTo(expected.asDouble());
        } else if (expected.isNull()) {
            assertThat(actual.isNull() || actual.isMissingNode()).as(key).isTrue();
        } else if (key.equals("rope_scaling")) {
            expected.properties().forEach(entry -> {
                assertSameValue(entry.getKey(), actual.path(entry.getKey()), entry.getValue());
            });
        } else {
            assertThat(actual.toString()).as(key).isEqualTo(expected.toString());
        }
    }

    private static boolean isLost(String model, String key) {
        return NO_EFFECT.contains(key)
                || key.startsWith("summary_")
                || NOT_IN_THE_FILE.getOrDefault(model, Set.of()).contains(key);
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(
                Objects.requireNonNull(GgufMappingsTest.class.getResource(name)).toURI());
    }
}
