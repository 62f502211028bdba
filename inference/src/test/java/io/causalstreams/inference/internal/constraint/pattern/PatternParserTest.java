package io.causalstreams.inference.internal.constraint.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.OutputConstraint.Regex;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.TestVocabulary;
import io.causalstreams.inference.internal.constraint.Writer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PatternParserTest {

    private final ConstraintCompiler compiler = new ConstraintCompiler(TestVocabulary.synthetic(0, new Random(1)));

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = ' ',
            value = {
                "ab(?=c) `look-ahead at position 2`",
                "ab(?!c) `look-ahead at position 2`",
                "(?<=a)b `look-behind at position 0`",
                "(a)\\1 `a back-reference at position 3`",
                "(?<n>a)\\k<n> `a back-reference at position 7`",
                "a\\bc `the escape '\\b' at position 1`",
                "(?i)a `a flag or comment group '(?' at position 0`",
                "(?>a) `an atomic group at position 0`",
                "a*+ `a possessive quantifier at position 2`",
                "a** `a quantifier after a quantifier at position 2`",
                "*a `'*' with nothing to repeat at position 0`",
                "(ab `a group without its ')' at position 0`",
                "ab) `an unmatched ')' at position 2`",
                "x[ab `a class without its ']' at position 1`",
                "[z-a] `a range out of order at position 2`",
                "a$b `'b' after the end anchor '$' at position 2`",
                "a^b `the anchor '^' inside the expression at position 1`",
                "(^a|b) `the anchor '^' inside the expression at position 1`",
                "a{3,2} `upper bound 2 is less than 3 at position 1`",
                "a{9999999} `a count above 1000000 at position 2`",
                "\\p{Greek} `the property 'Greek', which is not a general category, at position 0`",
                "\\ud800 `U+D800, which is not a character`",
                "a\\ `a backslash at the end at position 1`",
                "[[:alpha:]] `a POSIX class`",
                "[]a] `as the first character of a class`"
            })
    void shouldRefuseByNameAndPosition(String pattern, String message) {
        assertThatThrownBy(() -> compiler.compile(new Regex(pattern)))
                .isInstanceOfSatisfying(
                        GenerationException.Invalid.class,
                        e -> assertThat(e.parameter()).isEqualTo("structured_outputs"))
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a{0,1000}){0,1000}", ".*a.{50000}", "(a|aa){100000}", "((a*)*b{0,99}){0,99}c{9999}"})
    void shouldRefuseAmbiguousPatternsThatAreTooLarge(String pattern) {
        assertThatThrownBy(() -> compiler.compile(new Regex(pattern)))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("is ambiguous");
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 100_000})
    void shouldRefuseDeepNestingInsteadOfOverflowingTheStack(int depth) {
        assertThatThrownBy(() -> compiler.compile(new Regex("(".repeat(depth) + ")".repeat(depth))))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("nested deeper than 100");
    }

    @Test
    void shouldRefuseWhatWouldKeepOtherRequestsWaiting() {
        TestVocabulary vocabulary = TestVocabulary.SMOLLM2;
        ConstraintCompiler real = new ConstraintCompiler(vocabulary);
        assertThatThrownBy(() -> new Writer(vocabulary, new Random(1))
                        .write(
                                real.compile(new Regex(
                                        "(.*[a-m].{100}|.*[n-z].{101}|.*[aeiou].{99}|.*[0-9 ].{120}|.*[^b].{98})")),
                                150))
                .isInstanceOfSatisfying(
                        GenerationException.Invalid.class,
                        e -> assertThat(e.parameter()).isEqualTo("structured_outputs"))
                .hasMessageContaining("too ambiguous");
    }
}
