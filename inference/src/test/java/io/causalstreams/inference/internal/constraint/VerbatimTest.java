package io.causalstreams.inference.internal.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.OutputConstraint.JsonSchema;
import io.causalstreams.inference.OutputConstraint.StructuralTag;
import io.causalstreams.inference.OutputConstraint.Verbatim;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Strings that are copied from a text. */
class VerbatimTest {

    private static final long SEED = Long.getLong("test.seed", 20_260_129L);
    private static final TestVocabulary BYTES = TestVocabulary.synthetic(0, new Random(1));
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ANY = "{\"x-verbatim\": true}";

    private static final List<String> LETTERS = List.of("a", "ab", "b7", "é_x", "ну", "कि");
    private static final List<String> SYMBOLS =
            List.of("\"", "\\", "-", "/", "\u0001", "\u001f", "日", "本", "ホ", "😀", "👩‍👩‍👧", "🇨🇭", "ก่");
    private static final List<String> GAPS = List.of(" ", "  ", "\n", "\t", "\r\n", "\u00a0");

    private final ConstraintCompiler compiler = new ConstraintCompiler(BYTES);

    @Test
    void shouldWriteExactlyTheRunsOfWords() {
        Random random = new Random(SEED);
        for (int round = 0; round < 150; round++) {
            // Given
            Text first = Text.random(random);
            Text second = Text.random(random);

            // When
            Set<String> written = written(ANY, first.text(), second.text());

            // Then
            assertThat(written)
                    .as("seed %d, round %d: %s, %s", SEED, round, first, second)
                    .isEqualTo(runs(run -> true, first, second));
        }
    }

    @Test
    void shouldWriteThoseOfALengthAndPattern() {
        Random random = new Random(SEED);
        String schema = "{\"type\": \"string\", \"minLength\": 2, \"maxLength\": 9, \"x-verbatim\": true,"
                + " \"pattern\": \"[a-z]\", \"not\": {\"const\": \"ab\"}}";
        for (int round = 0; round < 150; round++) {
            // Given
            Text first = Text.random(random);
            Text second = Text.random(random);
            Set<String> wanted = runs(
                    run -> run.codePointCount(0, run.length()) >= 2
                            && run.codePointCount(0, run.length()) <= 9
                            && run.chars().anyMatch(c -> c >= 'a' && c <= 'z')
                            && !run.equals("ab"),
                    first,
                    second);

            // When, Then
            String about = "seed %d, round %d: %s, %s".formatted(SEED, round, first, second);
            if (wanted.isEmpty()) {
                assertThatThrownBy(() -> written(schema, first.text(), second.text()))
                        .as(about)
                        .isInstanceOf(GenerationException.Invalid.class);
            } else {
                assertThat(written(schema, first.text(), second.text()))
                        .as(about)
                        .isEqualTo(wanted);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "the blues kitchen shor|\"the blues kitchen\"|true",
                "the blues kitchen shor|\"bluces kitchen\"|false",
                "the blues kitchen shor|\"blues kit\"|false",
                "at 5:30pm, 3rd|\"5:30pm\"|true",
                "at 5:30pm, 3rd|\"30pm, 3rd\"|true",
                "at 5:30pm, 3rd|\"rd\"|false",
                "don't ask a@b.ch|\"don't\"|true",
                "don't ask a@b.ch|\"a@b.ch\"|true",
                "am Freitag|\"freitag\"|false",
                "明日の東京駅|\"東京\"|true",
                "say \"hi\"|\"say \\\"hi\\\"\"|true",
                "say \"hi\"|\"hi\\u0022\"|false",
                "a b|\"\"|false"
            })
    void shouldTakeWholeWordsAsTheyAre(String text, String json, boolean taken) {
        assertThat(start(ANY, text).acceptsAfter(utf8(json))).isEqualTo(taken);
    }

    @Test
    void shouldLetNoRunCrossTexts() {
        assertThat(written(ANY, "a b", "c")).containsExactly("a", "a b", "b", "c");
        assertThat(written(ANY, "a\ud800b")).containsExactly("a", "b");
    }

    @Test
    void shouldCopyFromATextThatTheSchemaGives() {
        assertThat(written("{\"x-verbatim\": \"x y\"}", "a b")).containsExactly("x", "x y", "y");
        assertThat(written("{\"allOf\": [{\"x-verbatim\": \"x y z\"}, {\"x-verbatim\": \"y z x\"}]}", ""))
                .containsExactly("x", "y", "y z", "z");
        assertThat(written("{\"type\": \"string\", \"x-verbatim\": \"x\", \"enum\": [\"x\", \"y\"]}", ""))
                .containsExactly("x");
    }

    @Test
    void shouldCopyNothingWhereItIsFalse() {
        assertThat(start("{\"type\": \"boolean\", \"x-verbatim\": false}", "a").acceptsAfter(utf8("true")))
                .isTrue();
        assertThat(start("{\"type\": \"string\", \"x-verbatim\": false}", "a").acceptsAfter(utf8("\"b\"")))
                .isTrue();
    }

    @Test
    void shouldLookAtTheLengthOfATextOnlyIfItIsCopied() {
        String text = "a ".repeat(150_000);

        assertThat(start("{\"x-verbatim\": \"x y\"}", text).acceptsAfter(utf8("\"x\"")))
                .isTrue();
        assertThat(start("{\"type\": \"boolean\"}", text).acceptsAfter(utf8("true")))
                .isTrue();
        assertThatThrownBy(() -> start(ANY, text))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("the text to copy from has 300000 characters");
    }

    @Test
    void shouldCutATextOnceForAllValuesOfAnEnum() throws JsonProcessingException {
        // Given: so many that a text cut for each would be too large
        String word = "w".repeat(22);
        List<String> values = IntStream.range(0, 8_900).mapToObj(i -> word + i).collect(Collectors.toList());
        values.add(word + " end");

        // When
        Set<String> written = written(
                "{\"x-verbatim\": true, \"enum\": " + JSON.writeValueAsString(values) + "}", word + " end of it");

        // Then
        assertThat(written).containsExactly(word + " end");
    }

    @Test
    void shouldCopyKeysFromALongText() {
        // Given
        String text = IntStream.range(0, 1_000).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
        String names =
                "{\"type\": \"object\", %s \"additionalProperties\": {\"const\": 1}, \"propertyNames\": {%s \"x-verbatim\": true}}";

        // When
        TokenConstraint.State any = start(names.formatted("", ""), text);
        TokenConstraint.State narrowed = start(
                names.formatted(
                        "\"properties\": {\"w7\": {\"const\": 7}}, \"patternProperties\": {\"5$\": {\"const\": 5}},",
                        "\"maxLength\": 6,"),
                text);

        // Then
        assertThat(any.acceptsAfter(utf8("{\"w7 w8 w9\":1,\"w999\":1}"))).isTrue();
        assertThat(any.acceptsAfter(utf8("{\"w8 w7\":1}"))).isFalse();
        assertThat(narrowed.acceptsAfter(utf8("{\"w7\":7,\"w4 w5\":5}"))).isTrue();
        assertThat(narrowed.acceptsAfter(utf8("{\"w7\":7,\"w5 w6\":1}"))).isTrue();
        assertThat(narrowed.acceptsAfter(utf8("{\"w7\":7,\"w5\":1}"))).isFalse();
        assertThat(narrowed.acceptsAfter(utf8("{\"w7\":1}"))).isFalse();
        assertThat(narrowed.acceptsAfter(utf8("{\"w10 w11\":1}"))).isFalse();
    }

    @Test
    void shouldRefuseWhatCopiesTooMuchAltogether() {
        // Given
        String text = "a ".repeat(3_000);

        // When, Then
        assertThat(start(ofLeastLengths(1), text).acceptsAfter(utf8("{\"p0\":\"a a a\"}")))
                .isTrue();
        assertThatThrownBy(() -> start(ofLeastLengths(8), text))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("the text is too long for all that is copied from it");
    }

    private static String ofLeastLengths(int properties) {
        return IntStream.range(0, properties)
                .mapToObj(i -> "\"p%d\": {\"minLength\": %d, \"x-verbatim\": true}".formatted(i, i + 2))
                .collect(Collectors.joining(", ", "{\"type\": \"object\", \"properties\": {", "}}"));
    }

    @Test
    void shouldKeepNoConstraintThatHoldsMuchOfAText() {
        String text = IntStream.range(0, 70_000)
                .mapToObj(i -> Character.toString(0x4E00 + i % 20_000))
                .collect(Collectors.joining());
        OutputConstraint large = new Verbatim(new JsonSchema(ANY), List.of(text));

        assertThat(compiler.compile(large)).isNotSameAs(compiler.compile(large));
    }

    @Test
    void shouldCopyKeysItemsAndArguments() {
        assertThat(start(
                                "{\"type\": \"object\", \"additionalProperties\": {\"const\": 1}, \"propertyNames\": {\"x-verbatim\": true}}",
                                "red cup")
                        .acceptsAfter(utf8("{\"cup\":1,\"red cup\":1}")))
                .isTrue();
        TokenConstraint.State call = compiler.compile(new Verbatim(
                        new StructuralTag(
                                "{\"type\": \"structural_tag\", \"format\": {\"type\": \"tag\", \"begin\": \"f(\", \"end\": \")\","
                                        + " \"content\": {\"type\": \"json_schema\", \"style\": \"python_arguments\", \"json_schema\": {\"type\": \"object\","
                                        + " \"properties\": {\"a\": {\"type\": \"array\", \"items\": {\"x-verbatim\": true}}}, \"required\": [\"a\"]}}}}"),
                        List.of("red cup")))
                .start();
        assertThat(call.acceptsAfter(utf8("f(a=[\"red\",\"red cup\"])"))).isTrue();
        assertThat(call.acceptsAfter(utf8("f(a=[\"red\",\"blue\"])"))).isFalse();
    }

    @Test
    void shouldLeaveOutWhatIsNotInAnEmptyText() {
        String optional =
                "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": [\"string\", \"null\"], \"x-verbatim\": true},"
                        + " \"b\": {\"x-verbatim\": true}}, \"required\": [\"a\"]}";

        assertThat(start(optional, " \n").acceptsAfter(utf8("{\"a\":null}"))).isTrue();
        assertThatThrownBy(() -> start("{\"type\": \"string\", \"x-verbatim\": true}", " \n"))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("the text has no words that it could be")
                .hasMessageContaining("leave it out of required");
    }

    @Test
    void shouldRefuseWhatNamesNoText() {
        assertThatThrownBy(() -> compiler.compile(new JsonSchema(ANY)))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("x-verbatim")
                .hasMessageContaining("the prompt is no text");
        assertThatThrownBy(() -> start("{\"x-verbatim\": 3}", "a"))
                .hasMessageContaining("must be true or the text to copy from");
        assertThatThrownBy(() -> start("{\"minLength\": 2, \"x-verbatim\": true}", "a ".repeat(20_000)))
                .hasMessageContaining("give a maxLength");
    }

    @Test
    void shouldCopyOnlyWhatTheVocabularyCanWrite() {
        // Given: no byte of é
        ConstraintCompiler ascii = new ConstraintCompiler(TestVocabulary.of(
                Stream.concat(Stream.of("\"", " "), "abc".chars().mapToObj(Character::toString))
                        .toArray(String[]::new)));

        // When
        TokenConstraint.State start = ascii.compile(new Verbatim(new JsonSchema(ANY), List.of("a é b c")))
                .start();

        // Then
        assertThat(start.acceptsAfter(utf8("\"b c\""))).isTrue();
        assertThat(start.acceptsAfter(utf8("\"a \""))).isFalse();
        assertThat(start.after(0).allowed().cardinality()).isEqualTo(3);
    }

    @Test
    void shouldKeepOneTextApartFromAnother() {
        JsonSchema schema = new JsonSchema(ANY);
        OutputConstraint red = new Verbatim(schema, List.of("red"));

        assertThat(compiler.compile(red)).isSameAs(compiler.compile(new Verbatim(schema, List.of("red"))));
        assertThat(compiler.compile(red)).isNotSameAs(compiler.compile(new Verbatim(schema, List.of("blue"))));
    }

    private TokenConstraint.State start(String schema, String... texts) {
        return compiler.compile(new Verbatim(new JsonSchema(schema), List.of(texts)))
                .start();
    }

    /** All strings that can be written; only bytes can be. */
    private Set<String> written(String schema, String... texts) {
        Set<String> found = new TreeSet<>();
        follow(start(schema, texts), new ByteArrayOutputStream(), found);
        return found;
    }

    private static void follow(TokenConstraint.State state, ByteArrayOutputStream before, Set<String> found) {
        if (state.accepting()) {
            try {
                String json = before.toString(StandardCharsets.UTF_8);
                if (json.startsWith("\"")) {
                    found.add(JSON.readValue(json, String.class));
                }
            } catch (JsonProcessingException e) {
                throw new AssertionError(e);
            }
        }
        state.allowed().stream().forEach(token -> {
            ByteArrayOutputStream more = new ByteArrayOutputStream();
            more.writeBytes(before.toByteArray());
            more.writeBytes(BYTES.bytesOf(token));
            follow(state.after(token), more, found);
        });
    }

    private static Set<String> runs(Predicate<String> wanted, Text... texts) {
        return Stream.of(texts)
                .flatMap(text -> text.runs().stream())
                .filter(wanted)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Words, each with the gap in front of it. */
    record Text(List<String> gaps, List<String> words) {

        static Text random(Random random) {
            List<String> gaps = new ArrayList<>();
            List<String> words = new ArrayList<>();
            boolean letters = false;
            for (int i = random.nextInt(8); i >= 0; i--) {
                boolean more = random.nextBoolean();
                boolean gap = i == 0 || (letters && more) || random.nextBoolean();
                gaps.add(gap ? GAPS.get(random.nextInt(GAPS.size())) : "");
                List<String> some = more ? LETTERS : SYMBOLS;
                words.add(some.get(random.nextInt(some.size())));
                letters = more;
            }
            return new Text(gaps, words);
        }

        String text() {
            return joined(0, words.size(), true);
        }

        List<String> runs() {
            List<String> runs = new ArrayList<>();
            for (int from = 0; from < words.size(); from++) {
                for (int to = from + 1; to <= words.size(); to++) {
                    runs.add(joined(from, to, false));
                }
            }
            return runs;
        }

        private String joined(int from, int to, boolean leadingGap) {
            StringBuilder joined = new StringBuilder();
            for (int i = from; i < to; i++) {
                joined.append(i > from || leadingGap ? gaps.get(i) : "").append(words.get(i));
            }
            return joined.toString();
        }
    }
}
