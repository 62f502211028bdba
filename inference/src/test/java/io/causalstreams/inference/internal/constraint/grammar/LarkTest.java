package io.causalstreams.inference.internal.constraint.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.OutputConstraint.Grammar;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.TestVocabulary;
import io.causalstreams.inference.internal.constraint.Writer;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LarkTest {

    private static final TestVocabulary VOCABULARY = TestVocabulary.synthetic(500, new Random(1));

    private final ConstraintCompiler compiler = new ConstraintCompiler(VOCABULARY);

    @Test
    void shouldFollowLeftRecursion() {
        check("""
                start: expr
                expr: expr "+" term | term
                term: term "*" factor | factor
                factor: "(" expr ")" | NUMBER
                NUMBER: /[0-9]+/
                """, List.of("1", "1+2*3", "(1+2)*(3*(4))"), List.of("", "+1", "1+", "(1"));
    }

    @Test
    void shouldAllowWhatIsIgnoredBetweenTerminals() {
        check("""
                %import common.WS
                %ignore WS
                start: "let" NAME "=" NUMBER (";")?
                NAME: /[a-z]+/
                NUMBER: /[0-9]+/
                """, List.of("let x=1", "let x = 1 ;", "let\\n x  =\\t12", "letx=1"), List.of("le t x=1", "let x = 1 2"));
    }

    @Test
    void shouldReadEachTerminalAsLongAsItGoes() {
        check("start: A B\nA: /a+/\nB: /b/", List.of("ab", "aab"), List.of("aa"));
        check("start: A A\nA: /a+/", List.of(), List.of("aa", "aaa"));
        check("start: KEY | NAME\nKEY: \"if\"\nNAME: /[a-z]+/", List.of("if", "iffy"), List.of());
    }

    @Test
    void shouldEndLazyTerminalsAtTheirFirstMatch() {
        check("""
                start: head "=foo>" /[0-9]+/ "</f>"
                head[lazy]: /(.|\\n)*/ "<f"
                """, List.of("<f=foo>1</f>", "some text <f=foo>12</f>"), List.of("<f <f=foo>1</f>", "text"));
        check(
                "start: x \"!\"\nx[capture, suffix=\"<end>\"]: /.*/",
                List.of("a<end>!", "<end>!"),
                List.of("<end><end>!"));
    }

    @Test
    void shouldReadOperatorsOfTerminals() {
        check(
                "start: LINES\nLINES: /[a-z \\n]*/ & ~/(?s:.*)\\n\\n(?s:.*)/",
                List.of("", "a\nb\nc"),
                List.of("a\n\nb", "A"));
        check("start: \"a\"..\"f\" \"x\"i ~ 2..3", List.of("axX", "fxxx"), List.of("gxx", "ax"));
        check("start: [\"-\"] D{2,3} D{,1} \"!\"\nD: /\\d/", List.of("12!", "-1234!"), List.of("1!", "12345!"));
        check("start: /ab/i /(?i:c)d/ /./s", List.of("ABCd\n", "abcdx"), List.of("abCD\n"));
        check(
                "start: \"A\" %regex { \"substring_words\": \"foo bar baz\" } \"B\"",
                List.of("AfooB", "Abar bazB", "AB", "A bar bazB"), List.of("AfoB", "Abaz fooB"));
    }

    @Test
    void shouldReadJsonWithinText() {
        check("""
                // a tool call or an answer
                start: TEXT | "call " json
                TEXT: /[^c](.|\\n)*/
                json: %json {
                  "type": "object",
                  "properties": {"city": {"type": "string"}},
                  "required": ["city"], "additionalProperties": false
                }
                """, List.of("Hello.", "call {\"city\": \"Oslo\"}"), List.of("call {}", "call {\"city\":1}", "call"));
    }

    @Test
    void shouldMatchSpecialTokens() {
        // Given
        TokenConstraint grammar = compiler.compile(new Grammar("start: <|special_256|> /a+/ <[^0-255,257-100000]> \"b\""
                .replace("100000", Integer.toString(VOCABULARY.size() - 1))));

        // When
        TokenConstraint.State state = grammar.start().after(256).after(VOCABULARY.singleByte('a'));

        // Then
        assertThat(grammar.start().allowed().stream().toArray()).containsExactly(256);
        assertThat(state.allowed().get(256)).isTrue();
        assertThat(state.after(256).after(VOCABULARY.singleByte('b')).accepting())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " # ",
            quoteCharacter = '`',
            value = {
                "root: \"a\" # rule 'start', the start of a Lark grammar, is not defined",
                "start: foo # rule 'foo' is not defined (line 1, column 8)",
                "start: FOO # terminal 'FOO' is not defined (line 1, column 8)",
                "start: A\\nA: \"a\" B\\nB: A # terminal 'A' refers to itself (line 3, column 4)",
                "start: \"a\"{7,6} # the count's upper bound 6 is less than 7 (line 1, column 11)",
                "start: A\\nA: <[3]> # '<[3]>' cannot be used in a terminal (line 2, column 4)",
                "start: \"a # the string does not end (line 1, column 8)",
                "start: /a # the regular expression does not end (line 1, column 8)",
                "start: /a(?=b)/ # look-ahead",
                "start: foo{\"a\"} # a count is expected",
                "foo{x}: x # templates are not supported (line 1, column 4)",
                "start: @other # references to other grammars are not supported (line 1, column 8)",
                "start::_ : \"a\" # parametric rules are not supported (line 1, column 6)",
                "start[temperature=0.5]: /a/ # the attribute 'temperature' is not supported (line 1, column 7)",
                "start[stop=\"b\"]: /a/ # the attribute 'stop' is not supported (line 1, column 7)",
                "A.2: \"a\" # priorities are not supported (line 1, column 2)",
                "%import python.NAME # only terminals of 'common' can be imported (line 1, column 9)",
                "%declare A # %declare is not supported (line 1, column 1)",
                "%import common.NO\\nstart: NO # 'common' has no terminal 'NO' (line 1, column 16)",
                "start: %json {\"if\" # JSON is expected",
                "start: \"a\" ) # the end of the line is expected, not ')' (line 1, column 12)"
            })
    void shouldRefuseByNameAndPosition(String grammar, String message) {
        assertThatThrownBy(() -> compiler.compile(new Grammar(grammar.replace("\\n", "\n"))))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageStartingWith("structured_outputs: ")
                .hasMessageContaining(message.strip());
    }

    @Test
    void shouldEndAChunkWhereverTheSameBytesEnd() {
        // Given: no é, so that "abc" is twice there, cut in two ways
        ConstraintCompiler ascii = new ConstraintCompiler(TestVocabulary.of("a", "b", "c"));

        // When
        TokenConstraint.State start = ascii.compile(new Grammar(
                        "start: CHUNKS\nCHUNKS: %regex {\"substring_chunks\": [\"a\", \"bc\", \"é\", \"ab\", \"c\"]}"))
                .start();

        // Then
        assertThat(List.of("a", "ab", "abc", "bc", "c"))
                .allSatisfy(run -> assertThat(start.acceptsAfter(run.getBytes(StandardCharsets.UTF_8)))
                        .isTrue());
        assertThat(start.acceptsAfter("b".getBytes(StandardCharsets.UTF_8))).isFalse();
    }

    private void check(String grammar, List<String> accepted, List<String> refused) {
        TokenConstraint compiled = compiler.compile(new Grammar(grammar));
        for (String text : accepted) {
            assertThat(Writer.accepts(
                            compiled, VOCABULARY, text.replace("\\n", "\n").replace("\\t", "\t")))
                    .as(text)
                    .isTrue();
        }
        for (String text : refused) {
            assertThat(Writer.accepts(compiled, VOCABULARY, text)).as(text).isFalse();
        }
    }
}
