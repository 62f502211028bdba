package io.causalstreams.export.internal.checkpoint.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.export.internal.checkpoint.ByteSource;
import io.causalstreams.export.internal.checkpoint.FileByteSource;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufFile;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufMetadata;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code smollm2-tokenizer.gguf.gz} is the metadata of SmolLM2-135M-Instruct's GGUF, without its tensors. */
final class GgufTokenizerTest {

    @TempDir
    Path directory;

    @Test
    void shouldTokenizeAsTheModelsOwnTokenizer() throws IOException {
        // Given
        GgufTokenizer.write(smollm2(), JsonFiles.MAPPER.createObjectNode(), directory);
        JsonNode cases;
        try (InputStream json = resource("smollm2-tokenizer-cases.json")) {
            cases = JsonFiles.MAPPER.readTree(json).path("cases");
        }

        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(
                directory.resolve("tokenizer.json"), Map.of("addSpecialTokens", "false"))) {
            SoftAssertions softly = new SoftAssertions();
            for (JsonNode golden : cases) {
                // When
                long[] ids = tokenizer
                        .encode(golden.path("text").asText(), false, false)
                        .getIds();

                // Then
                softly.assertThat(ids).as(golden.path("text").toString()).isEqualTo(longs(golden.path("ids")));
                softly.assertThat(tokenizer.decode(ids, false))
                        .isEqualTo(golden.path("decoded").asText());
                softly.assertThat(tokenizer.decode(ids, true))
                        .isEqualTo(golden.path("decoded_skip_special").asText());
            }
            assertThat(cases).hasSizeGreaterThan(200);
            softly.assertAll();
        }
    }

    @Test
    void shouldTakeChatTemplateAndSpecialTokensAlong() throws IOException {
        // Given
        JsonNode modelConfig = JsonFiles.MAPPER.readTree("{\"eos_token_id\":2,\"max_position_embeddings\":8192}");

        // When
        GgufTokenizer.write(smollm2(), modelConfig, directory);

        // Then
        JsonNode config = JsonFiles.readObject(directory.resolve("tokenizer_config.json"));
        assertThat(config.path("chat_template").asText()).startsWith("{% for message in messages %}");
        assertThat(config.path("bos_token").asText()).isEqualTo("<|im_start|>");
        assertThat(config.path("eos_token").asText()).isEqualTo("<|im_end|>");
        assertThat(config.path("unk_token").asText()).isEqualTo("<|endoftext|>");
        assertThat(config.path("add_bos_token").asBoolean(true)).isFalse();
        assertThat(config.path("model_max_length").asInt()).isEqualTo(8192);
        assertThat(JsonFiles.readObject(directory.resolve("generation_config.json"))
                        .path("eos_token_id")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void shouldLetPhi3sControlTokensTakeTheSpaceBehindThemAlong() {
        // Given
        GgufMetadata phi3 = new GgufMetadata(
                "memory",
                Map.of(
                        "general.architecture",
                        "phi3",
                        "tokenizer.ggml.model",
                        "llama",
                        "tokenizer.ggml.tokens",
                        List.of("<unk>", "<s>", "</s>", "a", "<|end|>"),
                        "tokenizer.ggml.scores",
                        new double[5],
                        "tokenizer.ggml.token_type",
                        new long[] {2, 3, 3, 1, 3}));

        // When
        JsonNode tokenizer = GgufTokenizer.tokenizer(phi3, JsonFiles.MAPPER.createObjectNode());

        // Then
        assertThat(tokenizer.path("added_tokens"))
                .extracting(token -> token.path("content").asText() + token.path("rstrip"))
                .containsExactly("<unk>false", "<s>false", "</s>true", "<|end|>true");
    }

    private GgufMetadata smollm2() throws IOException {
        Path file = directory.resolve("smollm2-tokenizer.gguf");
        try (InputStream gguf = new GZIPInputStream(resource("smollm2-tokenizer.gguf.gz"))) {
            Files.copy(gguf, file);
        }
        try (ByteSource source = FileByteSource.open(file)) {
            return GgufFile.open(source).metadata();
        }
    }

    private static long[] longs(JsonNode ids) {
        long[] longs = new long[ids.size()];
        for (int i = 0; i < longs.length; i++) {
            longs[i] = ids.get(i).asLong();
        }
        return longs;
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(GgufTokenizerTest.class.getResourceAsStream("/checkpoint/" + name));
    }
}
