package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpeculationTest {
    private static final EngineConfig PLAIN = EngineHarness.CONFIG;
    private static final EngineConfig GUESSING = PLAIN.withSpeculation(true);

    @Test
    void shouldGiveTheGreedyTokensInFewerPasses() {
        // Given
        SamplingParams greedy = SamplingParams.builder()
                .temperature(0)
                .maxTokens(90)
                .logprobs(1)
                .build();
        EngineHarness plain = new EngineHarness(PLAIN, repetitive());
        EngineHarness guessing = new EngineHarness(GUESSING, repetitive());

        // When
        Recorder expected = plain.submit("r-1", "abcdefabcdef", greedy);
        plain.drain();
        Recorder actual = guessing.submit("r-1", "abcdefabcdef", greedy);
        guessing.drain();

        // Then
        assertThat(actual.finished()).isEqualTo(expected.finished());
        assertThat(actual.chunks).isEqualTo(expected.chunks);
        assertThat(guessing.loop.stats().completionTokens()).isEqualTo(90);
        assertThat(guessing.model.passes.size()).isLessThan(plain.model.passes.size() / 2);
    }

    @Test
    void shouldEndWhereAStopEndsItInTheMiddleOfAGuess() {
        for (int maxTokens = 1; maxTokens < 30; maxTokens++) {
            // Given
            SamplingParams sampling = SamplingParams.builder()
                    .temperature(0)
                    .maxTokens(maxTokens)
                    .stop(List.of("fa!", "cc"))
                    .build();
            EngineHarness plain = new EngineHarness(PLAIN, repetitive());
            EngineHarness guessing = new EngineHarness(GUESSING, repetitive());

            // When
            Recorder expected = plain.submit("r-1", "abcdefabcdef", sampling);
            plain.drain();
            Recorder actual = guessing.submit("r-1", "abcdefabcdef", sampling);
            guessing.drain();

            // Then
            assertThat(actual.finished()).isEqualTo(expected.finished());
        }
    }

    @Test
    void shouldLeaveRandomDrawsAlone() {
        // Given
        SamplingParams sampled = SamplingParams.builder().maxTokens(40).build();
        EngineHarness guessing = new EngineHarness(GUESSING, repetitive());

        // When
        guessing.submit(GenerationRequest.of("r-1", new Prompt.Text("abcdefabcdef"), sampled));
        guessing.drain();

        // Then
        assertThat(guessing.model.passes.stream().filter(pass -> pass.startsWith("prefill")))
                .hasSize(1);
    }

    /** Says the alphabet's first six letters over and over, but for a turn of its own now and then. */
    private static ScriptedLm repetitive() {
        return new ScriptedLm(4, 128, AsciiTokenizer.SIZE).scripted((tokens, row) -> {
            int last = tokens[tokens.length - 1];
            int a = AsciiTokenizer.token('a');
            int next = last >= a && last < a + 5 ? last + 1 : a;
            row[tokens.length % 23 == 0 ? AsciiTokenizer.token('!') : next] = 40;
        });
    }
}
