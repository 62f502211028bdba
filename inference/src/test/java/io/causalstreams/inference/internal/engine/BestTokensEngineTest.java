package io.causalstreams.inference.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.testing.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** An engine whose model gives the best tokens of each row says what one says that reads all logits. */
class BestTokensEngineTest {
    /** Roundings of a sum in fp32. */
    private static final Comparator<Double> CLOSE = (a, b) -> Math.abs(a - b) < 4e-6 ? 0 : Double.compare(a, b);

    @Test
    void shouldGiveSameEventsForManyRequestsOfMixedParameters() {
        // Given
        Random random = Seeds.random();
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            requests.add(GenerationRequest.of("r-" + i, new Prompt.Text("prompt " + i), params(random)));
        }
        EngineHarness whole = new EngineHarness(EngineHarness.CONFIG.withMaxWaiting(200));
        EngineHarness best = new EngineHarness(EngineHarness.CONFIG.withMaxWaiting(200), model().withBestTokens(16));

        // When
        List<Recorder> expected = requests.stream().map(whole::submit).toList();
        List<Recorder> actual = requests.stream().map(best::submit).toList();
        whole.drain();
        best.drain();

        // Then
        for (int i = 0; i < requests.size(); i++) {
            assertThat(actual.get(i).finished())
                    .as("%s", requests.get(i).sampling())
                    .usingRecursiveComparison()
                    .withComparatorForType(CLOSE, Double.class)
                    .isEqualTo(expected.get(i).finished());
        }
        assertThat(best.model.fetchedRows).hasPositiveValue();
    }

    @Test
    void shouldFetchNoRowOfGreedyRequests() {
        // Given
        EngineHarness engine = new EngineHarness(EngineHarness.CONFIG, model().withBestTokens(16));
        List<Recorder> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SamplingParams greedy = SamplingParams.builder()
                    .temperature(0)
                    .maxTokens(20)
                    .logprobs(i % 2 == 0 ? 5 : null)
                    .build();
            answers.add(engine.submit("r-" + i, "prompt " + i, greedy));
        }

        // When
        engine.drain();

        // Then
        assertThat(answers).allSatisfy(answer -> assertThat(answer.finished()).isNotNull());
        assertThat(engine.model.fetchedRows).hasValue(0);
    }

    private static ScriptedLm model() {
        return new ScriptedLm(EngineHarness.CONFIG.slots(), 128, AsciiTokenizer.SIZE);
    }

    private static SamplingParams params(Random random) {
        SamplingParams.Builder builder =
                SamplingParams.builder().maxTokens(1 + random.nextInt(30)).temperature(random.nextBoolean() ? 0 : 0.8);
        if (random.nextBoolean()) {
            builder.topK(1 + random.nextInt(20));
        }
        if (random.nextInt(3) == 0) {
            builder.topP(0.9);
        }
        if (random.nextInt(4) == 0) {
            builder.logprobs(random.nextInt(4));
        }
        if (random.nextInt(6) == 0) {
            builder.presencePenalty(0.5);
        }
        return builder.build();
    }
}
