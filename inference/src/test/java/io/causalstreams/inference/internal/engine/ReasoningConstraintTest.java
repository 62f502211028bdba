package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.internal.answer.AnswerSyntax.Tags;
import io.causalstreams.inference.internal.constraint.mask.LateConstraint;
import io.causalstreams.inference.internal.constraint.mask.ReasoningConstraint;
import io.causalstreams.inference.internal.constraint.mask.ReasoningTokens;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.text.Tokenizer.TemplatePart;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tags that are tokens of their own, {@code <0>} and {@code <1>}, and tags of several: {@code [T]} and {@code [/T]}. */
class ReasoningConstraintTest {
    private static final AsciiTokenizer TOKENIZER = new AsciiTokenizer();
    private static final ReasoningTokens SPECIAL = tokens("<0>", "<1>");
    private static final ReasoningTokens SPELLED = tokens("[T]", "[/T]");
    private static final TokenConstraint FORM =
            new LazyConstraints(TOKENIZER).apply(new OutputConstraint.Regex("ab|b"));

    @Test
    void shouldBeReadyWhenItsFormIs() {
        // Given
        CompletableFuture<TokenConstraint> compiled = new CompletableFuture<>();
        TokenConstraint late = new ReasoningConstraint(SPECIAL, new LateConstraint(compiled), 9, false);
        AtomicInteger told = new AtomicInteger();
        late.whenReady(told::incrementAndGet);
        assertThat(late.isReady()).isFalse();

        // When
        compiled.complete(FORM);

        // Then
        assertThat(late.isReady()).isTrue();
        assertThat(told).hasValue(1);
    }

    @Test
    @Timeout(30)
    void shouldStartWithoutWaitingForItsForm() {
        CompletableFuture<TokenConstraint> compiling = new CompletableFuture<>();
        TokenConstraint.State start = new ReasoningConstraint(SPECIAL, new LateConstraint(compiling), 9, false).start();

        compiling.complete(FORM);

        assertThat(allowed(start)).isEqualTo("ab<0>");
    }

    @Test
    void shouldThinkOrBeginItsForm() {
        for (ReasoningTokens tokens : new ReasoningTokens[] {SPECIAL, SPELLED}) {
            TokenConstraint.State start = new ReasoningConstraint(tokens, FORM, 9, false).start();
            assertThat(allowed(start)).isEqualTo(tokens == SPECIAL ? "ab<0>" : "[ab");
            assertThat(start.accepting()).isFalse();
            assertThat(allowed(after(start, "a"))).isEqualTo("b");
            assertThat(after(start, "ab").accepting()).isTrue();
        }
    }

    @Test
    void shouldHaveItsFormBehindWhatItThought() {
        TokenConstraint.State special = after(new ReasoningConstraint(SPECIAL, FORM, 9, false).start(), "<0>xyz");
        assertThat(special.allowed().cardinality()).isEqualTo(AsciiTokenizer.SIZE);
        assertThat(special.accepting()).isFalse();
        assertThat(allowed(after(special, "<1>"))).isEqualTo("ab");

        TokenConstraint.State spelled = after(new ReasoningConstraint(SPELLED, FORM, 99, false).start(), "[T]x[/[/T");
        assertThat(spelled.allowed().cardinality()).isEqualTo(AsciiTokenizer.SIZE);
        assertThat(allowed(after(spelled, "]"))).isEqualTo("ab");
        assertThat(after(spelled, "]ab").accepting()).isTrue();
    }

    @Test
    void shouldCloseWhatIsThoughtForLongEnough() {
        TokenConstraint.State special = after(new ReasoningConstraint(SPECIAL, null, 3, false).start(), "<0>xyz");
        assertThat(allowed(special)).isEqualTo("<1>");
        assertThat(special.accepting()).isFalse();
        assertThat(after(special, "<1>anything").accepting()).isTrue();

        TokenConstraint.State spelled = after(new ReasoningConstraint(SPELLED, FORM, 3, false).start(), "[T]x[/");
        assertThat(allowed(spelled)).isEqualTo("[");
        assertThat(allowed(after(spelled, "[/T"))).isEqualTo("]");
        assertThat(allowed(after(spelled, "[/T]"))).isEqualTo("ab");
    }

    @Test
    void shouldNotThinkAtAllWithoutABudget() {
        assertThat(allowed(new ReasoningConstraint(SPECIAL, FORM, 0, false).start()))
                .isEqualTo("ab");
        TokenConstraint.State free = new ReasoningConstraint(SPECIAL, null, 0, false).start();
        assertThat(free.allowed().get(0)).isFalse();
        assertThat(free.allowed().cardinality()).isEqualTo(AsciiTokenizer.SIZE - 1);
        TokenConstraint.State inside = new ReasoningConstraint(SPECIAL, FORM, 0, true).start();
        assertThat(allowed(inside)).isEqualTo("<1>");
        assertThat(allowed(after(inside, "<1>"))).isEqualTo("ab");
    }

    @Test
    void shouldBeginInsideWhereThePromptHasOpenedTheReasoning() {
        TokenConstraint.State inside = new ReasoningConstraint(SPECIAL, FORM, 2, true).start();
        assertThat(inside.allowed().cardinality()).isEqualTo(AsciiTokenizer.SIZE);
        assertThat(allowed(after(inside, "xy"))).isEqualTo("<1>");
        assertThat(after(inside, "x<1>b").accepting()).isTrue();
    }

    @Test
    void shouldLetFreeTextBeThatOnlyLooksLikeATag() {
        TokenConstraint.State free = after(new ReasoningConstraint(SPELLED, null, 1, false).start(), "[x[T]abc");
        assertThat(free.accepting()).isTrue();
        assertThat(free.allowed().cardinality()).isEqualTo(AsciiTokenizer.SIZE);
    }

    private static ReasoningTokens tokens(String open, String close) {
        return new ReasoningTokens(new Tags(open, close), TOKENIZER, AsciiTokenizer.SIZE);
    }

    private static TokenConstraint.State after(TokenConstraint.State state, String text) {
        TokenConstraint.State now = state;
        for (int token : TOKENIZER.encodeTemplate(List.of(new TemplatePart(text, true)))) {
            assertThat(now.allowed().get(token)).as("%s in %s", token, text).isTrue();
            now = now.after(token);
        }
        return now;
    }

    private static String allowed(TokenConstraint.State state) {
        StringBuilder text = new StringBuilder();
        state.allowed().stream().filter(token -> token > 1).forEach(token -> text.append(TOKENIZER.textOf(token)));
        state.allowed().stream().filter(token -> token < 2).forEach(token -> text.append(TOKENIZER.textOf(token)));
        return text.toString();
    }
}
