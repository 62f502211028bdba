package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EngineLoopTest {

    @Test
    void shouldEmitEveryTokenAndThenTheWholeCompletion() {
        // Given
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG);
        Recorder recorder = engine.submit("r-1", "Once upon a time", SamplingParams.greedy(12));

        // When
        engine.drain();

        // Then
        assertThat(recorder.emittedTokens(0))
                .isEqualTo(recorder.choice(0).tokenIds())
                .hasSize(12);
        assertThat(recorder.emittedText(0)).isEqualTo(recorder.choice(0).text());
        assertThat(recorder.choice(0).finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(recorder.finished().usage().promptTokens()).isEqualTo(16);
        assertThat(recorder.finished().usage().completionTokens()).isEqualTo(12);
        assertThat(recorder.chunks)
                .extracting(chunk -> chunk.tokenIndex())
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    }

    @Test
    void shouldGiveSameTokensBatchedAndAlone() {
        // Given
        long seed = Long.getLong("test.seed", new Random().nextLong());
        System.out.println("-Dtest.seed=" + seed);
        Random random = new Random(seed);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            requests.add(randomRequest("r-" + i, random));
        }
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG);
        List<Recorder> together = new ArrayList<>();

        // When
        for (GenerationRequest request : requests) {
            together.add(engine.submit(request));
            for (int steps = random.nextInt(4); steps > 0; steps--) {
                engine.step();
            }
        }
        engine.drain();

        // Then
        for (int i = 0; i < requests.size(); i++) {
            Recorder alone = EngineHarness.alone(EngineHarness.CONFIG, requests.get(i));
            assertThat(together.get(i).finished().choices())
                    .as("request %d, seed %d", i, seed)
                    .isEqualTo(alone.finished().choices());
            assertThat(together.get(i).emittedTokens(0)).isEqualTo(alone.emittedTokens(0));
        }
    }

    private static GenerationRequest randomRequest(String id, Random random) {
        StringBuilder prompt = new StringBuilder();
        for (int length = 1 + random.nextInt(60); length > 0; length--) {
            prompt.append((char) (' ' + random.nextInt(95)));
        }
        SamplingParams sampling = SamplingParams.builder()
                .temperature(random.nextBoolean() ? 0 : 1)
                .maxTokens(1 + random.nextInt(30))
                .n(random.nextInt(4) == 0 ? 1 + random.nextInt(6) : 1)
                .build();
        return GenerationRequest.of(id, new Prompt.Text(prompt.toString()), sampling);
    }
}
