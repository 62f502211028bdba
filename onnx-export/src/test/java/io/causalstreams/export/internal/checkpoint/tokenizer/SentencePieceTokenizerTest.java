package io.causalstreams.export.internal.checkpoint.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.export.internal.checkpoint.ByteSource;
import io.causalstreams.export.internal.checkpoint.HeapByteSource;
import io.causalstreams.export.internal.checkpoint.JsonFiles;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code sentencepiece.gguf} is a small SentencePiece model's vocabulary under GGUF's keys; the cases are SentencePiece's own
 * results with it.
 */
final class SentencePieceTokenizerTest {

    @TempDir
    Path directory;

    @Test
    void shouldTokenizeAsSentencePiece() throws IOException {
        // Given
        write();
        JsonNode cases =
                JsonFiles.MAPPER.readTree(resource("sentencepiece-cases.json")).path("cases");

        try (HuggingFaceTokenizer tokenizer = tokenizer()) {
            SoftAssertions softly = new SoftAssertions();
            for (JsonNode golden : cases) {
                // When
                long[] ids = tokenizer
                        .encode(golden.path("text").asText(), false, false)
                        .getIds();

                // Then
                softly.assertThat(ids)
                        .as(golden.path("text").toString())
                        .isEqualTo(StreamSupport.stream(golden.path("ids").spliterator(), false)
                                .mapToLong(JsonNode::asLong)
                                .toArray());
                softly.assertThat(tokenizer.decode(ids, true))
                        .isEqualTo(golden.path("decoded").asText());
            }
            assertThat(cases).hasSizeGreaterThan(100);
            softly.assertAll();
        }
    }

    @Test
    void shouldAddTheBeginTokenUnlessTheFileForbidsIt() throws IOException {
        // Given
        write();

        // When
        try (HuggingFaceTokenizer tokenizer = tokenizer()) {

            // Then
            assertThat(tokenizer.encode("a", true, false).getIds()).containsExactly(1, 330);
        }
        assertThat(JsonFiles.readObject(directory.resolve("tokenizer_config.json"))
                        .path("add_bos_token")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void shouldKeepUserDefinedTokensWhole() throws IOException {
        // Given
        write();

        // When
        try (HuggingFaceTokenizer tokenizer = tokenizer()) {

            // Then
            assertThat(tokenizer.encode("<|user|>", false, false).getIds()).containsExactly(4);
        }
    }

    private void write() throws IOException {
        ByteSource source = HeapByteSource.of(resource("sentencepiece.gguf"));
        GgufTokenizer.write(GgufFile.open(source).metadata(), JsonFiles.MAPPER.createObjectNode(), directory);
    }

    private HuggingFaceTokenizer tokenizer() throws IOException {
        return HuggingFaceTokenizer.newInstance(
                directory.resolve("tokenizer.json"), Map.of("addSpecialTokens", "false", "truncation", "false"));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(SentencePieceTokenizerTest.class.getResourceAsStream("/checkpoint/" + name))) {
            return in.readAllBytes();
        }
    }
}
