package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.AnswerPart;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.answer.AnswerSyntax;
import io.causalstreams.inference.internal.text.RenderedChat;
import io.causalstreams.inference.internal.text.Tokenizer.TemplatePart;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A model that thinks between {@code [T]} and {@code [/T]}, and does not stop by itself. */
class ReasoningTest {
    private static final OutputConstraint FORM = new OutputConstraint.Regex("ab");
    private static final AnswerSyntax SYNTAX =
            new AnswerSyntax(new AnswerSyntax.Tags("[T]", "[/T]"), AnswerSyntax.Calls.HERMES, false);

    @Test
    void shouldCloseTheReasoningAfterItsTokensAndThenKeepTheForm() {
        GenerationEvent.Choice choice = answer("Hi", "[T]xyxyxyxyxyxy", FORM, 4, List.of());

        assertThat(choice.text()).isEqualTo("[T]xyxy[/T]ab");
        assertThat(choice.parts()).containsExactly(new AnswerPart.Reasoning("xyxy"), new AnswerPart.Content("ab"));
        assertThat(choice.finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void shouldThinkNoLongerWhenItIsResumed() {
        List<Integer> tokens =
                answer("Hi", "[T]xyxyxyxyxyxy", FORM, 4, List.of()).tokenIds();

        for (int from = 1; from < tokens.size(); from++) {
            assertThat(answer("Hi", "[T]xyxyxyxyxyxy", FORM, 4, tokens.subList(0, from))
                            .tokenIds())
                    .isEqualTo(tokens);
        }
    }

    @Test
    void shouldKeepTheFormBehindAReasoningThatEndsByItself() {
        assertThat(answer("Hi", "[T]xy[/T]zzzzzz", FORM, null, List.of()).text())
                .isEqualTo("[T]xy[/T]ab");
        assertThat(answer("Hi[T]", "xy[/T]zzzzzz", FORM, null, List.of()).text())
                .isEqualTo("xy[/T]ab");
        assertThat(answer("Hi[T][/T]", "[T]zzzzzz", FORM, null, List.of()).text())
                .isEqualTo("ab");
    }

    @Test
    void shouldBoundAReasoningBeforeFreeText() {
        assertThat(answer("Hi", "[T]xyxyxyzzzzzzz", null, 2, List.of()).text()).isEqualTo("[T]xy[/T]zzzz");
        assertThat(answer("Hi[T]", "xyxyxyzzzzzzz", null, 0, List.of()).text()).isEqualTo("[/T]xyzzzzzzz");
    }

    /** @param wanted what the model says at each place, whatever it said before */
    private static GenerationEvent.Choice answer(
            String prompt,
            String wanted,
            @Nullable OutputConstraint form,
            @Nullable Integer maxThinkingTokens,
            List<Integer> resumed) {
        ScriptedLm model = new ScriptedLm(1, 128, AsciiTokenizer.SIZE);
        int promptTokens = prompt.length();
        model.scripted((tokens, row) -> {
            int place = tokens.length - promptTokens;
            row[AsciiTokenizer.token(wanted.charAt(Math.min(place, wanted.length() - 1)))] = 1000;
        });
        EngineHarness harness = new EngineHarness(
                EngineHarness.CONFIG.withSlots(1),
                model,
                chat -> new RenderedChat(List.of(new TemplatePart(prompt, true)), SYNTAX));
        harness.constraint = form == null ? null : new LazyConstraints(new AsciiTokenizer()).apply(form);
        SamplingParams sampling = SamplingParams.greedy(13).toBuilder()
                .constraint(form)
                .maxThinkingTokens(maxThinkingTokens)
                .build();
        Prompt chat = new Prompt.Chat(List.of(new Prompt.Message("user", "Hi")));
        GenerationRequest request = GenerationRequest.of("r-1", chat, sampling);
        Recorder recorder = harness.submit(resumed.isEmpty() ? request : request.resumedFrom(List.of(resumed)));
        harness.drain();
        List<Integer> all = new ArrayList<>(resumed);
        all.addAll(recorder.emittedTokens(0));
        assertThat(recorder.choice(0).tokenIds()).isEqualTo(all);
        return recorder.choice(0);
    }
}
