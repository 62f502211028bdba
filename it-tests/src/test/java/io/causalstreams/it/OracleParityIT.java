package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.export.Precision;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationRequest;
import java.io.IOException;
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

    /** {@code max_tokens} included, 13 tokens are a short sequence of LongRoPE, 42 and 61 are long ones; 13 of at most 53 are, too. */
    @Test
    void shouldComputeShortAndLongSequencesOfLongRopeTogetherAsTheOracleDoes() throws IOException {
        // Given
        JsonNode golden = new ObjectMapper()
                .readTree(TestModels.TINY.resolve("goldens-long-context.json").toFile())
                .path("models")
                .path("phi3-longrope-partial");
        List<Integer> ids = new ArrayList<>();
        golden.path("input_ids").forEach(id -> ids.add(id.intValue()));
        List<Integer> lengths = List.of(41, 12, 60);
        List<GenerationRequest> requests = new ArrayList<>();
        requests.add(Generations.greedy("long from its beginning", ids.subList(0, 12), 41));
        lengths.forEach(length -> requests.add(Generations.greedy("of " + length, ids.subList(0, length), 1)));
        try (GenerationEngine engine =
                GenerationEngine.open(TestModels.tiny("phi3-longrope-partial"), CONFIG.withPrefixCacheTokens(512))) {
            for (String round : List.of("first", "from the cache")) {
                // When
                List<Finished> results = Generations.runAll(engine, requests);

                // Then
                for (int i = 0; i < lengths.size(); i++) {
                    assertThat(Generations.tokens(results.get(i + 1)))
                            .as("%s: %d tokens", round, lengths.get(i))
                            .containsExactly(best(golden.path("last_logits")
                                    .path(lengths.get(i).toString())));
                }
            }
        }
    }

    private static int best(JsonNode logits) {
        int best = 0;
        for (int token = 1; token < logits.size(); token++) {
            best = logits.get(token).doubleValue() > logits.get(best).doubleValue() ? token : best;
        }
        return best;
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
