package io.causalstreams.inference.internal.constraint.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.OutputConstraint.Grammar;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.TestVocabulary;
import io.causalstreams.inference.internal.constraint.Writer;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GbnfTest {

    private static final long SEED = Long.getLong("test.seed", 20_260_101L);
    private static final TestVocabulary VOCABULARY = TestVocabulary.synthetic(2_000, new Random(SEED));

    private final ConstraintCompiler compiler = new ConstraintCompiler(VOCABULARY);

    /** A grammar with texts it accepts and refuses. */
    record Case(String name, String grammar, List<String> accepted, List<String> refused) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Case[] llamaCpp() throws IOException {
        try (InputStream in = GbnfTest.class.getResourceAsStream("llama-cpp-integration.json")) {
            return new ObjectMapper().readValue(in, Case[].class);
        }
    }

    @ParameterizedTest
    @MethodSource("llamaCpp")
    void shouldAcceptAndRefuseAsLlamaCppDoes(Case integration) {
        // When
        TokenConstraint grammar = compile(integration.grammar());

        // Then
        assertThat(integration.accepted())
                .allSatisfy(text -> assertThat(accepts(grammar, text)).as(text).isTrue());
        assertThat(integration.refused())
                .allSatisfy(text -> assertThat(accepts(grammar, text)).as(text).isFalse());
    }

    @ParameterizedTest
    @CsvSource({
        "arithmetic, 'x=1\n', 'x=\n'",
        "arithmetic, 'a+(b*2)-c1=(x)\ny=2\n', 'a+=1\n'",
        "c, 'int f(int x){return x+1;}', 'int f(x){}'",
        "c, 'int f(){while(x<3){x = 1;//end\n}}', 'int f(){while(x){}}'",
        "chess, '1. e4 e5\n2. Nf3 Nc6\n', '1. e4 e9\n'",
        "english, 'Hello, world! (42)', 'Grüezi'",
        "japanese, 'こんにちは 世界', 'hello'",
        "json, '{\"a\":[1,true,{\"b\":null}]}', '{\"a\":[1,}'",
        "json, '{ \"a\": -1.5e+12}', '[1]'",
        "json_arr, '[\n1]', '[1]'",
        "list, '- one\n- two\n', '- one'"
    })
    void shouldReadLlamaCppsExamples(String name, String accepted, String refused) throws IOException {
        // When
        TokenConstraint grammar = compile(example(name));

        // Then
        assertThat(accepts(grammar, accepted)).isTrue();
        assertThat(accepts(grammar, refused)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"arithmetic", "c", "chess", "json", "list"})
    void shouldAllowByTokensWhatItAllowsByBytes(String name) throws IOException {
        // Given
        TokenConstraint grammar = compile(example(name));
        Random random = new Random(SEED);

        for (int i = 0; i < 5; i++) {
            TokenConstraint.State state = grammar.start();
            for (int length = 0; length < 20 && !state.allowed().isEmpty(); length++) {
                // When
                for (int token = 0; token < VOCABULARY.size(); token++) {
                    // Then
                    assertThat(state.allowed().get(token))
                            .as("seed %d: token %d after %d", SEED, token, length)
                            .isEqualTo(allowsBytes(state, VOCABULARY.bytesOf(token)));
                }
                int[] allowed = state.allowed().stream().toArray();
                state = state.after(allowed[random.nextInt(allowed.length)]);
            }
        }
    }

    private static boolean allowsBytes(TokenConstraint.State from, byte[] bytes) {
        TokenConstraint.State state = from;
        for (byte value : bytes) {
            int token = VOCABULARY.singleByte(value & 0xFF);
            if (!state.allowed().get(token)) {
                return false;
            }
            state = state.after(token);
        }
        return bytes.length > 0;
    }

    @Test
    void shouldNotGrowWithTheTextOfRightRecursion() {
        // Given
        TokenConstraint list = compile("root ::= item\nitem ::= \"a\" item | \"(\" item \")\" | \"b\"");

        // When
        TokenConstraint.State state = list.start();
        for (int i = 0; i < 20_000; i++) {
            state = state.after(VOCABULARY.singleByte('a'));
        }

        // Then
        assertThat(state.allowed())
                .isSameAs(list.start().after(VOCABULARY.singleByte('a')).allowed());
        assertThat(state.after(VOCABULARY.singleByte('b')).accepting()).isTrue();
    }

    @Test
    void shouldFollowDeepNesting() {
        // Given
        TokenConstraint nested = compile("root ::= \"(\" root \")\" root | ");

        // When
        boolean accepted = accepts(nested, "(".repeat(2_000) + ")".repeat(2_000) + "()");

        // Then
        assertThat(accepted).isTrue();
        assertThat(accepts(nested, "(".repeat(2_000) + ")".repeat(1_999))).isFalse();
    }

    @Test
    void shouldMatchTokensByTheirIds() {
        // Given
        int special = 256;
        int ordinary = VOCABULARY.singleByte('x');
        TokenConstraint grammar = compile("root ::= <[256]> (!<[256]>)* <|special_256|> \"y\" <[" + ordinary + "]>");

        // When
        TokenConstraint.State inside = grammar.start().after(special);
        TokenConstraint.State end =
                inside.after(ordinary).after(300).after(special).after(VOCABULARY.singleByte('y'));

        // Then
        assertThat(grammar.start().allowed().stream().toArray()).containsExactly(special);
        assertThat(inside.allowed().cardinality()).isEqualTo(VOCABULARY.size());
        assertThat(end.allowed().stream().toArray()).contains(ordinary);
        assertThat(end.accepting()).isFalse();
        assertThat(end.after(ordinary).accepting()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " # ",
            quoteCharacter = '`',
            value = {
                "root ::= \"a\"{,}\" # a number is expected, not ',' (line 1, column 14)",
                "root ::= \"a\"{,10} # a number is expected, not ',' (line 1, column 14)",
                "root ::= \"a\"{3,2} # the count's upper bound 2 is less than 3 (line 1, column 13)",
                "root ::= expr # rule 'expr' is not defined (line 1, column 10)",
                "rot ::= \"a\" # rule 'root', the start of a GBNF grammar, is not defined",
                "root ::= ) # ')' is not expected here (line 1, column 10)",
                "root ::= (\"a\" # ')' is expected, not the end (line 1, column 14)",
                "root ::= \"\\q\" # the escape '\\q' is not known (line 1, column 11)",
                "root ::= [z-a] # the range's end is before its beginning (line 1, column 11)",
                "root ::= * # '*' has nothing to repeat (line 1, column 10)",
                "root ::= <none> # '<none>' is not one token of the vocabulary (line 1, column 10)",
                "root ::= \"a\" root # no text meets the grammar: every way through it leads back to itself",
                "root ::= (((((([^x]*){0,99}){0,99}){0,99}){0,99}){0,99}){0,99} # too ambiguous to be followed",
                "root ::= root{200000} | \"a\" # the grammar is too large"
            })
    void shouldRefuseByPosition(String grammar, String message) {
        assertThatThrownBy(() -> compile(grammar))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageStartingWith("structured_outputs: ")
                .hasMessageContaining(message.strip());
    }

    @Test
    void shouldGiveUpTooAmbiguousTextsInBoundedTime() {
        // Given
        TokenConstraint pairs = compile("root ::= root root | [a] | \"b\"");

        // When / Then
        assertThatThrownBy(() -> accepts(pairs, "ab".repeat(5_000)))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("too ambiguous");
        assertThat(accepts(pairs, "ab".repeat(40))).isTrue();
    }

    private TokenConstraint compile(String grammar) {
        return compiler.compile(new Grammar(grammar));
    }

    private static boolean accepts(TokenConstraint grammar, String text) {
        return Writer.accepts(grammar, VOCABULARY, text);
    }

    private static String example(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(GbnfTest.class.getResourceAsStream(name + ".gbnf"), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
