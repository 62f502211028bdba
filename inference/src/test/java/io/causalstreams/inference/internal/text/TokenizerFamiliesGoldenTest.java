package io.causalstreams.inference.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.internal.text.Tokenizer.TemplatePart;
import io.causalstreams.inference.testing.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Byte-level and SentencePiece tokenizers in the shapes that model families use, against the tokenizers library. */
class TokenizerFamiliesGoldenTest {
    private static final JsonNode CASES =
            Resources.json("goldens/tokenizer_families.json").path("cases");

    @ParameterizedTest
    @ValueSource(strings = {"sp-legacy", "sp-first", "sp-never", "metaspace", "unigram", "byte-level"})
    void shouldEncodeAndDecodeAsTheReferenceDoes(String family) {
        try (HuggingFaceTokenizer tokenizer = open(family)) {
            for (JsonNode golden : cases(family)) {
                String text = golden.path("text").asText();
                int[] ids = Resources.ints(golden.path("ids"));
                if (!golden.has("decode_only")) {
                    assertThat(tokenizer.encodeTemplate(List.of(new TemplatePart(text, true))))
                            .as("ids of '%s'", text)
                            .isEqualTo(ids);
                }
                assertThat(completion(tokenizer, ids))
                        .as("text of the completion of '%s'", text)
                        .isEqualTo(withoutIncompleteEnd(golden.path("decoded").asText()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sp-legacy", "sp-first", "sp-never", "metaspace", "unigram", "byte-level"})
    void shouldEncodeNoTextToASpecialToken(String family) {
        try (HuggingFaceTokenizer tokenizer = open(family)) {
            for (JsonNode golden : cases(family)) {
                int[] ids = tokenizer.encodeText(golden.path("text").asText());

                assertThat(IntStream.of(ids)
                                .filter(tokenizer::isSpecial)
                                .filter(id -> !tokenizer.textOf(id).equals("<unk>")))
                        .as(golden.path("text").asText())
                        .isEmpty();
            }
            assertThat(tokenizer.textOf(tokenizer.encodeText("<s>")[0])).doesNotContain("<s>");
        }
    }

    @Test
    void shouldEncodePartsAsTheirTextWouldBeAsAWhole() {
        try (HuggingFaceTokenizer tokenizer = open("sp-first")) {
            assertThat(tokenizer.encodeTemplate(List.of(
                            new TemplatePart("<s>[INST] hel", true),
                            new TemplatePart("lo wor", false),
                            new TemplatePart("ld [/INST]", true))))
                    .isEqualTo(
                            tokenizer.encodeTemplate(List.of(new TemplatePart("<s>[INST] hello world [/INST]", true))));
        }
    }

    @Test
    void shouldServeAVocabularyOfBytes() {
        try (HuggingFaceTokenizer tokenizer = open("bytes")) {
            int[] ids = tokenizer.encodeText("é 中");

            assertThat(tokenizer.size()).isEqualTo(256);
            assertThat(ids).hasSize(6);
            assertThat(completion(tokenizer, ids)).isEqualTo("é 中");
            assertThat(tokenizer.textOf(ids[0])).isEqualTo("\uFFFD");
            assertThat(tokenizer.bytesOf(300)).isEmpty();
        }
    }

    /** The reference shows a character that the completion does not finish as U+FFFD, we do not show it. */
    private static String withoutIncompleteEnd(String text) {
        return text.replaceAll("\uFFFD+$", "");
    }

    private static HuggingFaceTokenizer open(String family) {
        return HuggingFaceTokenizer.open(Resources.directory("tokenizers/" + family));
    }

    private static List<JsonNode> cases(String family) {
        List<JsonNode> cases = new ArrayList<>();
        CASES.forEach(golden -> {
            if (golden.path("tokenizer").asText().equals(family)) {
                cases.add(golden);
            }
        });
        assertThat(cases).hasSizeGreaterThan(30);
        return cases;
    }

    private static String completion(Tokenizer tokenizer, int[] ids) {
        StreamingDetokenizer detokenizer = new StreamingDetokenizer(tokenizer, List.of(), false, 0);
        StringBuilder text = new StringBuilder();
        IntStream.of(ids).forEach(id -> text.append(detokenizer.append(id)));
        return text.append(detokenizer.finish()).toString();
    }
}
