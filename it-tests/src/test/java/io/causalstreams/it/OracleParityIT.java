package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.causalstreams.export.Precision;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** fp32 against transformers: scores of one teacher-forced pass, and greedy decoding from the cache. */
class OracleParityIT {
    private static final double TOLERANCE = 1e-3;
    private static final EngineConfig CONFIG = EngineConfig.defaults().withSlots(8);

    @Test
    void shouldScoreAndDecodeEveryCaseOfTheRealModelAsTheOracleDoes() {
        try (GenerationEngine engine = GenerationEngine.open(TestModels.smolLm2(Precision.FP32), CONFIG)) {
            assertParity(engine, Goldens.smolLm2());
        }
    }

    static Stream<String> tinyModels() {
        return Goldens.tinyNames();
    }

    @ParameterizedTest
    @MethodSource("tinyModels")
    void shouldScoreAndDecodeEveryFamilyAsTheOracleDoes(String model) {
        try (GenerationEngine engine = GenerationEngine.open(TestModels.tiny(model), CONFIG)) {
            assertParity(engine, List.of(Goldens.tiny(model)));
        }
    }

    private static void assertParity(GenerationEngine engine, List<Goldens.Case> cases) {
        // Given: every case scored, and decoded, all in one batch
        List<GenerationRequest> requests = new ArrayList<>();
        for (Goldens.Case golden : cases) {
            List<Integer> scored =
                    golden.logprobs().size() == golden.promptIds().size() - 1 ? golden.promptIds() : golden.allIds();
            requests.add(Generations.score("score " + golden, scored));
            requests.add(Generations.greedy(
                    "greedy " + golden, golden.promptIds(), golden.greedyIds().size()));
        }

        // When
        List<Finished> results = Generations.runAll(engine, requests);

        // Then
        for (int i = 0; i < cases.size(); i++) {
            Goldens.Case golden = cases.get(i);
            List<Double> scores = Generations.promptLogprobs(results.get(2 * i));
            assertThat(scores).as("scores of %s", golden).hasSameSizeAs(golden.logprobs());
            for (int position = 0; position < scores.size(); position++) {
                assertThat(scores.get(position))
                        .as("%s, position %d", golden, position + 1)
                        .isCloseTo(golden.logprobs().get(position), within(TOLERANCE));
            }
            assertThat(Generations.tokens(results.get(2 * i + 1)).subList(0, golden.clearSteps()))
                    .as("greedy tokens of %s", golden)
                    .isEqualTo(golden.greedyIds().subList(0, golden.clearSteps()));
        }
    }
}
