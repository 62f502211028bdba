package io.causalstreams.inference.internal.constraint.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.OutputConstraint.Grammar;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.TestVocabulary;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** LLGuidance's own tests of its Lark notation. */
class LlguidanceLarkTest {

    private static final ConstraintCompiler COMPILER = new ConstraintCompiler(TestVocabulary.SMOLLM2);

    /** A grammar with texts that LLGuidance accepts and rejects. */
    record Case(String grammar, List<String> accepted, List<String> rejected) {}

    static Stream<Case> supported() throws IOException {
        return cases().filter(each -> missing(each).isEmpty());
    }

    static Stream<Case> unsupported() throws IOException {
        return cases().filter(each -> !missing(each).isEmpty());
    }

    private static Stream<Case> cases() throws IOException {
        return new ObjectMapper()
                .readValue(resource("llguidance-lark.json"), new TypeReference<List<Case>>() {}).stream();
    }

    /** What of LLGuidance's notation is not read, as the refusal calls it; empty if all of it is. */
    private static String missing(Case each) {
        return each.grammar().matches("(?s).*\\bstop ?=.*")
                ? "the attribute 'stop'"
                : each.grammar().contains("%lark {")
                        ? "%lark"
                        : each.grammar().contains("::") ? "parametric rules" : "";
    }

    @ParameterizedTest
    @MethodSource("supported")
    void shouldAcceptAndRejectAsLlguidanceDoes(Case each) {
        // When
        TokenConstraint.State start =
                COMPILER.compile(new Grammar(each.grammar())).start();

        // Then
        assertThat(each.accepted()).allMatch(text -> accepts(start, text));
        assertThat(each.rejected()).noneMatch(text -> accepts(start, text));
    }

    @ParameterizedTest
    @MethodSource("unsupported")
    void shouldRefuseByNameWhatItDoesNotRead(Case each) {
        assertThatThrownBy(() -> COMPILER.compile(new Grammar(each.grammar())))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageStartingWith("structured_outputs: " + missing(each));
    }

    @Test
    void shouldReadItsExamples() throws IOException {
        TokenConstraint.State rfc =
                COMPILER.compile(new Grammar(resource("rfc.lark"))).start();
        TokenConstraint.State lark =
                COMPILER.compile(new Grammar(resource("lark.lark"))).start();
        String document = resource("rfc.xml");

        assertThat(accepts(rfc, document)).isTrue();
        assertThat(accepts(rfc, document.replace("<cref>1</cref>", "<cref>1"))).isFalse();
        assertThat(accepts(lark, "start: B | C+ -> more\n%ignore B\n")).isTrue();
        assertThat(accepts(lark, "start: (a | B\n")).isFalse();
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(LlguidanceLarkTest.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static boolean accepts(TokenConstraint.State start, String text) {
        return start.acceptsAfter(text.getBytes(StandardCharsets.UTF_8));
    }
}
