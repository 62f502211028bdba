package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResumeTest {

    @Test
    void shouldEndTheSameFromWhateverTokenItIsResumed() {
        // Given
        GenerationRequest request = request(SamplingParams.builder()
                .maxTokens(20)
                .n(2)
                .stop(List.of("zq"))
                .logprobs(1)
                .build());
        Recorder whole = EngineHarness.alone(EngineHarness.CONFIG, request);
        int first = whole.choice(0).tokenIds().size();
        int second = whole.choice(1).tokenIds().size();

        for (int known = 0; known <= Math.max(first, second); known++) {
            List<List<Integer>> tokens = List.of(
                    whole.choice(0).tokenIds().subList(0, Math.min(known, first)),
                    whole.choice(1).tokenIds().subList(0, Math.min(known, second)));

            // When
            Recorder resumed = EngineHarness.alone(EngineHarness.CONFIG, request.resumedFrom(tokens));

            // Then
            assertThat(resumed.finished().choices()).isEqualTo(whole.finished().choices());
            for (int choice = 0; choice < 2; choice++) {
                List<Integer> all = new ArrayList<>(tokens.get(choice));
                all.addAll(resumed.emittedTokens(choice));
                assertThat(all).isEqualTo(whole.choice(choice).tokenIds());
                assertThat(textBehind(whole, choice, tokens.get(choice).size())).isEqualTo(resumed.emittedText(choice));
            }
        }
    }

    @Test
    void shouldNotRunTheModelForARequestThatHadEnded() {
        // Given
        GenerationRequest request = request(SamplingParams.greedy(5));
        List<Integer> tokens =
                EngineHarness.alone(EngineHarness.CONFIG, request).choice(0).tokenIds();
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG);

        // When
        Recorder recorder = engine.submit(request.resumedFrom(List.of(tokens)));
        engine.drain();

        // Then
        assertThat(recorder.choice(0).tokenIds()).isEqualTo(tokens);
        assertThat(recorder.chunks).isEmpty();
        assertThat(engine.model.passes).isEmpty();
    }

    @Test
    void shouldRefuseResumedTokensThatAreNoTokens() {
        // Given
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG);
        GenerationRequest request = request(SamplingParams.greedy(5)).resumedFrom(List.of(List.of(4711)));

        // When / Then
        assertThatThrownBy(() -> engine.submit(request))
                .isInstanceOf(GenerationException.Invalid.class)
                .hasMessageContaining("4711");
    }

    private static String textBehind(Recorder recorder, int choice, int tokens) {
        StringBuilder text = new StringBuilder();
        for (GenerationEvent.TokenChunk chunk : recorder.chunks) {
            if (chunk.choice() == choice && chunk.tokenIndex() >= tokens) {
                text.append(chunk.text());
            }
        }
        return text.toString();
    }

    private static GenerationRequest request(SamplingParams sampling) {
        return GenerationRequest.of("r-1", new Prompt.Text("To be continued, as they said in"), sampling);
    }
}
