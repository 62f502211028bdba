package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import org.junit.jupiter.api.Test;

/** Grammars and structural tags under a model that would rather write something else. */
class GrammarEngineTest {

    private static final ConstraintCompiler COMPILER = new ConstraintCompiler(new AsciiTokenizer());
    private static final int SPECIAL = 1;

    @Test
    void shouldWriteOnlyWhatTheGrammarSays() {
        // Given
        OutputConstraint grammar = new OutputConstraint.Grammar("root ::= \"(\" root \")\" | [a-z]{2} root? | \"-\"");
        EngineHarness engine = engine(grammar, new ScriptedLm(4, 128, AsciiTokenizer.SIZE));

        for (int seed = 0; seed < 20; seed++) {
            // When
            Recorder recorder = engine.submit(
                    "r-" + seed, "Go", sampling(grammar, 100).seed((long) seed).build());
            engine.drain();

            // Then
            String text = recorder.choice(0).text();
            if (recorder.choice(0).finishReason() == FinishReason.STOP) {
                assertThat(text).matches("[a-z()-]+");
                assertThat(text.chars().filter(c -> c == '(').count())
                        .isEqualTo(text.chars().filter(c -> c == ')').count());
            } else {
                assertThat(text).hasSize(100);
            }
        }
    }

    @Test
    void shouldEndOnlyOutsideOfTags() {
        // Given: a model that writes a tag's special token, and always wants to end otherwise
        OutputConstraint tag = new OutputConstraint.StructuralTag("""
                {"structures": [{"begin": "<1>", "schema": {"type": "integer", "minimum": 10, "maximum": 99}, "end": "!"}],
                 "triggers": ["<1>"]}
                """);
        EngineHarness engine = engine(tag, new ScriptedLm(4, 128, AsciiTokenizer.SIZE).scripted((tokens, row) -> {
                    boolean first = tokens[tokens.length - 1] == AsciiTokenizer.token('>');
                    row[first ? SPECIAL : ScriptedLm.EOS] += 1_000;
                }));

        // When
        Recorder recorder = engine.submit("r-1", "Call>", sampling(tag, 50).build());
        engine.drain();

        // Then
        assertThat(recorder.choice(0).tokenIds()).startsWith(SPECIAL).hasSizeBetween(4, 5);
        assertThat(recorder.choice(0).text()).matches("[1-9][0-9]!");
        assertThat(recorder.choice(0).finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void shouldFailOnlyTheRequestWhoseGrammarIsTooAmbiguous() {
        // Given
        OutputConstraint pairs = new OutputConstraint.Grammar("root ::= root root | [a-z]");
        EngineHarness engine = engine(pairs, new ScriptedLm(4, 600, AsciiTokenizer.SIZE));

        // When
        Recorder ambiguous =
                engine.submit("r-1", "Go", sampling(pairs, 500).minTokens(400).build());
        Recorder healthy = engine.submit(
                "r-2",
                "Go",
                SamplingParams.builder().maxTokens(20).ignoreEos(true).build());
        engine.drain();

        // Then
        assertThat(ambiguous.error)
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("the grammar is too ambiguous");
        assertThat(healthy.choice(0).tokenIds()).hasSize(20);
    }

    private static EngineHarness engine(OutputConstraint constraint, ScriptedLm model) {
        EngineHarness engine =
                new EngineHarness(EngineHarness.CONFIG.withMaxContextTokens(model.maxContextTokens()), model);
        engine.constraint = COMPILER.compile(constraint);
        return engine;
    }

    private static SamplingParams.Builder sampling(OutputConstraint constraint, int maxTokens) {
        return SamplingParams.builder().temperature(1).maxTokens(maxTokens).constraint(constraint);
    }
}
