package io.causalstreams.inference.internal.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.OutputConstraint.Choice;
import io.causalstreams.inference.OutputConstraint.JsonObject;
import io.causalstreams.inference.OutputConstraint.JsonSchema;
import io.causalstreams.inference.OutputConstraint.Regex;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConstraintCompilerTest {

    private static final long SEED = Long.getLong("test.seed", 20_260_101L);
    private static final TestVocabulary VOCABULARY = TestVocabulary.synthetic(2_000, new Random(SEED));

    private final ConstraintCompiler compiler = new ConstraintCompiler(VOCABULARY);
    private final Random random = new Random(SEED);
    private final Writer writer = new Writer(VOCABULARY, random);

    @Test
    void shouldWriteOnlyJsonObjects() throws Exception {
        // Given
        TokenConstraint object = compiler.compile(new JsonObject());
        ObjectMapper json = new ObjectMapper();

        for (int i = 0; i < 200; i++) {
            // When
            String text = writer.write(object, random.nextInt(40));

            // Then
            JsonNode parsed = json.readTree(text);
            assertThat(parsed.isObject()).as("seed %d: %s", SEED, text).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"a\":1}",
                "{\"a\": 1, \"b\": [true, null, {\"c\": -0.5e+10}]}",
                "{\n    \"a\": \"\\u00e9\\ud83d\\ude00\\\\ \",\n    \"日本\": []\n}"
            })
    void shouldAcceptJsonAsPeopleWriteIt(String text) {
        assertThat(Writer.accepts(compiler.compile(new JsonObject()), VOCABULARY, text))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " {}",
                "{} ",
                "[]",
                "{\"a\":01}",
                "{\"a\":1,}",
                "{\"a\":\"\\ud83d\"}",
                "{a:1}",
                "{\"a\":\"\t\"}",
                "{\"a\":\n1}",
                "{\n\n}"
            })
    void shouldRefuseWhatIsNoJsonObjectOrHasEndlessSpace(String text) {
        assertThat(Writer.accepts(compiler.compile(new JsonObject()), VOCABULARY, text))
                .isFalse();
    }

    @Test
    void shouldWriteEveryChoiceAndNothingElse() {
        // Given
        List<String> choices = List.of("yes", "yes, sure", "no", "日本", "😀😀", "a\"b", "x");
        TokenConstraint choice = compiler.compile(new Choice(choices));

        // When
        TreeSet<String> written = new TreeSet<>();
        for (int i = 0; i < 500; i++) {
            written.add(writer.write(choice, 100));
        }

        // Then
        assertThat(written).as("seed %d", SEED).containsExactlyInAnyOrderElementsOf(choices);
    }

    @Test
    void shouldLetNothingFollowACompleteChoice() {
        // Given
        TokenConstraint choice = compiler.compile(new Choice(List.of("no", "none")));
        int n = VOCABULARY.singleByte('n');
        int o = VOCABULARY.singleByte('o');
        int e = VOCABULARY.singleByte('e');

        // When
        TokenConstraint.State no = choice.start().after(n).after(o);
        TokenConstraint.State none = no.after(n).after(e);

        // Then
        assertThat(no.accepting()).isTrue();
        assertThat(no.allowed()).isEqualTo(bits(n));
        assertThat(none.accepting()).isTrue();
        assertThat(none.allowed().isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[a-z]+",
                "^\\d{3}-\\d{4}$",
                "(foo|bar)+baz?",
                "[^a-c\"\\s]{2,5}",
                "\\w+@\\w+\\.(com|org)",
                "a{0}b{2}c{1,}d{0,3}",
                ".{0,5}x.{3}",
                "(a|b)*a(a|b){8}",
                "\\S \\W\\D",
                "[é-ü日😀]*",
                "(?:[01]\\d|2[0-3]):[0-5]\\d",
                "\\u0041\\x42\\t\\[\\]\\{\\}\\\\",
                "(?<year>\\d{4})(-(?<month>\\d\\d))??",
                "\\p{Lu}\\p{Ll}*",
                "[\\d.,-]+|",
                "(a{1000}){3}",
                "[-a]|[a-]|[\\]]"
            })
    void shouldWriteWhatTheRegularExpressionMatches(String pattern) {
        // Given
        TokenConstraint regex = compiler.compile(new Regex(pattern));
        Pattern oracle = Pattern.compile(pattern);

        for (int i = 0; i < 60; i++) {
            // When
            String text = writer.write(regex, random.nextInt(20));

            // Then
            assertThat(text).as("seed %d", SEED).matches(oracle);
        }
    }

    @Test
    void shouldAllowExactlyTheTokensThatCanFollow() {
        List<OutputConstraint> constraints = List.of(
                new JsonObject(),
                new JsonSchema(String.valueOf(Schemas.ALL.get("same beginning"))),
                new JsonSchema(String.valueOf(Schemas.ALL.get("tuple"))),
                new JsonSchema("{\"type\":\"array\",\"items\":{\"type\":\"string\",\"maxLength\":9}}"),
                new Regex("(a|the|name )*x?[^\"]{0,3}"),
                new Regex("\"[a-z]*\" : .{2,40}"),
                new Choice(List.of("the name", "the id", "{\"x\":12}")));
        for (OutputConstraint constraint : constraints) {
            TokenConstraint.State state = compiler.compile(constraint).start();
            for (int step = 0; step < 40 && !state.allowed().isEmpty(); step++) {
                // When
                BitSet byTrial = tokensThatCanFollow(state);

                // Then
                assertThat(state.allowed())
                        .as("seed %d, %s, step %d", SEED, constraint, step)
                        .isEqualTo(byTrial);
                int[] tokens = byTrial.stream().toArray();
                state = state.after(tokens[random.nextInt(tokens.length)]);
            }
        }
    }

    private static BitSet tokensThatCanFollow(TokenConstraint.State state) {
        BitSet tokens = new BitSet();
        for (int token = 0; token < VOCABULARY.size(); token++) {
            tokens.set(token, canFollow(state, token));
        }
        return tokens;
    }

    private static boolean canFollow(TokenConstraint.State state, int token) {
        try {
            state.after(token);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a{1000}){1000}", "[a-z]{1,100000}", "\\d{3}(,\\d{3}){0,1000000}", ".{100000}"})
    void shouldCountInsteadOfWritingCountsOut(String pattern) {
        assertThat(compiler.compile(new Regex(pattern)).start().allowed().isEmpty())
                .isFalse();
    }

    @Test
    void shouldShareOneMaskWhileACounterIsFarFromItsEnd() {
        // Given
        TokenConstraint regex = compiler.compile(new Regex("[a-z]{0,5000}"));
        int a = VOCABULARY.singleByte('a');

        // When
        TokenConstraint.State later = regex.start();
        for (int i = 0; i < 1000; i++) {
            later = later.after(a);
        }

        // Then
        assertThat(later.allowed()).isSameAs(regex.start().allowed());
    }

    @Test
    void shouldCompileTheSameConstraintOnce() {
        assertThat(compiler.compile(new Regex("a+"))).isSameAs(compiler.compile(new Regex("a+")));
    }

    @Test
    void shouldStayValidWhenItsAutomatonIsForgotten() {
        // Given
        TokenConstraint regex = compiler.compile(new Regex("([a-z]{1,9}\\d)*"));
        TokenConstraint.State old = regex.start().after(VOCABULARY.singleByte('q'));
        TokenConstraint counting = compiler.compile(new Regex("(ab){0,100000}"));
        TokenConstraint.State state = counting.start();

        // When
        for (int i = 0; i < 20_000; i++) {
            state = state.after(VOCABULARY.singleByte(i % 2 == 0 ? 'a' : 'b'));
        }

        // Then
        assertThat(state.accepting()).isTrue();
        assertThat(state.allowed()).isEqualTo(counting.start().allowed());
        assertThat(old.allowed().get(VOCABULARY.singleByte('1'))).isTrue();
    }

    @Test
    void shouldServeManyThreadsFromOneConstraint() throws Exception {
        // Given
        TokenConstraint shared = compiler.compile(new JsonObject());
        ObjectMapper json = new ObjectMapper();
        List<Callable<String>> writers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Writer own = new Writer(VOCABULARY, new Random(SEED + i));
            writers.add(() -> own.write(shared, 30));
        }

        // When
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<String>> written = threads.invokeAll(writers);
        threads.shutdown();

        // Then
        for (int i = 0; i < written.size(); i++) {
            String alone = new Writer(VOCABULARY, new Random(SEED + i)).write(shared, 30);
            assertThat(written.get(i).get()).as("seed %d", SEED + i).isEqualTo(alone);
            assertThat(json.readTree(alone).isObject()).isTrue();
        }
    }

    @Test
    void shouldNeverAllowSpecialTokens() {
        int special = 256;
        assertThat(VOCABULARY.isSpecial(special)).isTrue();
        assertThat(compiler.compile(new Regex(".*")).start().allowed().get(special))
                .isFalse();
    }

    @Test
    void shouldSayThatAVocabularyCannotWriteIt() {
        // Given
        ConstraintCompiler words = new ConstraintCompiler(TestVocabulary.of("yes", "no", "y"));

        // When
        TokenConstraint choice = words.compile(new Choice(List.of("yes", "no")));

        // Then
        assertThat(choice.start().allowed()).isEqualTo(bits(0, 1, 2));
        assertThatThrownBy(() -> choice.start().after(2).allowed())
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("no token of the vocabulary can follow");
        assertThatThrownBy(() -> words.compile(new Regex("[0-9]+")))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("no text meets it");
    }

    private static BitSet bits(int... tokens) {
        BitSet bits = new BitSet();
        for (int token : tokens) {
            bits.set(token);
        }
        return bits;
    }
}
