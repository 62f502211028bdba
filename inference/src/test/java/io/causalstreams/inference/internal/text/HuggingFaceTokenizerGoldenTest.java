package io.causalstreams.inference.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.testing.Resources;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ids and texts as the tokenizers library of the reference gives them. */
class HuggingFaceTokenizerGoldenTest {
    private static final JsonNode CASES =
            Resources.json("goldens/tokenizer.json").path("cases");

    @TempDir
    static Path directory;

    private static HuggingFaceTokenizer tokenizer;

    @BeforeAll
    static void open() {
        tokenizer = HuggingFaceTokenizer.open(Resources.smolLm2Tokenizer(directory));
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void shouldEncodeTemplatesAsTheReferenceDoes() {
        assertThat(CASES).hasSize(230);
        for (JsonNode golden : CASES) {
            String text = golden.path("text").asText();
            assertThat(tokenizer.encodeTemplate(List.of(new Tokenizer.TemplatePart(text, true))))
                    .as("ids of '%s'", text)
                    .isEqualTo(ids(golden));
        }
    }

    @Test
    void shouldDecodeToTheReferencesTextWithoutSpecialTokens() {
        for (JsonNode golden : CASES) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int id : ids(golden)) {
                bytes.writeBytes(tokenizer.bytesOf(id));
            }
            assertThat(bytes.toString(StandardCharsets.UTF_8))
                    .isEqualTo(golden.path("decoded_skip_special").asText());
        }
    }

    @Test
    void shouldSpellSpecialTokensByNameForDisplay() {
        for (JsonNode golden : CASES) {
            int[] ids = ids(golden);
            if (IntStream.of(ids).anyMatch(tokenizer::isSpecial)
                    && IntStream.of(ids).noneMatch(id -> tokenizer.textOf(id).contains("\uFFFD"))) {
                String text = IntStream.of(ids).mapToObj(tokenizer::textOf).collect(Collectors.joining());
                assertThat(text).isEqualTo(golden.path("decoded").asText());
            }
        }
    }

    @Test
    void shouldEncodeNamesOfSpecialTokensInTextAsText() {
        for (JsonNode golden : CASES) {
            String text = golden.path("text").asText();
            int[] ids = tokenizer.encodeText(text);

            assertThat(IntStream.of(ids).filter(tokenizer::isSpecial)).isEmpty();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            IntStream.of(ids).forEach(id -> bytes.writeBytes(tokenizer.bytesOf(id)));
            assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(text);
            if (!text.contains("<")) {
                assertThat(ids).isEqualTo(ids(golden));
            }
        }
    }

    private static int[] ids(JsonNode golden) {
        return Resources.ints(golden.path("ids"));
    }
}
