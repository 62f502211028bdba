package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.causalstreams.export.Precision;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.TeacherForcedScorer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the causal mask promises, on the real model: one teacher-forced pass scores every position as the serial loop with
 * its cache does, and no position sees a later token; and batching changes nothing.
 */
@SuppressWarnings("NullAway.Init") // opened before all
class CausalityIT {
    private static final double TOLERANCE = 1e-4;
    private static final float LOGIT_TOLERANCE = 1e-3f;
    private static final long SEED = Long.getLong("test.seed", 20261124L);
    private static GenerationEngine engine;

    @BeforeAll
    static void open() {
        engine = GenerationEngine.open(
                TestModels.smolLm2(Precision.FP32),
                EngineConfig.defaults().withSlots(16).withPrefillChunkTokens(48));
    }

    @AfterAll
    static void close() {
        if (engine != null) {
            engine.close();
        }
    }

    @Test
    void shouldScoreInOnePassWhatTheSerialLoopScores() {
        for (Goldens.Case golden : Goldens.smolLm2()) {
            // Given: a completion, each token scored by the step that made it
            Finished serial = Generations.run(
                    engine,
                    GenerationRequest.of(
                            "serial " + golden,
                            new Prompt.Tokens(golden.promptIds()),
                            SamplingParams.builder()
                                    .temperature(0)
                                    .maxTokens(24)
                                    .ignoreEos(true)
                                    .logprobs(0)
                                    .build()));
            List<Integer> all = Stream.concat(golden.promptIds().stream(), Generations.tokens(serial).stream())
                    .toList();

            // When: prompt and completion are scored together
            List<Double> onePass =
                    Generations.promptLogprobs(Generations.run(engine, Generations.score("one pass " + golden, all)));

            // Then
            List<Double> step = Generations.logprobs(serial);
            int first = golden.promptIds().size() - 1;
            for (int i = 0; i < step.size(); i++) {
                assertThat(onePass.get(first + i))
                        .as("%s, token %d", golden, i)
                        .isCloseTo(step.get(i), within(TOLERANCE));
            }
        }
    }

    @Test
    void shouldGiveTheSameLogitsInOnePassAndOneByOne() {
        try (TeacherForcedScorer scorer = TeacherForcedScorer.open(TestModels.smolLm2(Precision.FP32))) {
            // Given
            int[] tokens = Goldens.smolLm2().get(1).allIds().stream()
                    .mapToInt(Integer::intValue)
                    .toArray();

            // When
            float[][] onePass = scorer.logits(tokens);
            float[][] oneByOne = scorer.logitsOneByOne(tokens);

            // Then
            for (int position = 0; position < tokens.length; position++) {
                for (int token = 0; token < scorer.vocabularySize(); token++) {
                    if (Math.abs(onePass[position][token] - oneByOne[position][token]) > LOGIT_TOLERANCE) {
                        assertThat(onePass[position][token])
                                .as("position %d, token %d", position, token)
                                .isCloseTo(oneByOne[position][token], within(LOGIT_TOLERANCE));
                    }
                }
            }
        }
    }

    @Test
    void shouldNeverScoreAPositionByALaterToken() {
        Random random = new Random(SEED);
        System.out.println("test.seed=" + SEED);
        List<Integer> tokens = new ArrayList<>(Goldens.smolLm2().get(1).allIds());
        List<Double> before = Generations.promptLogprobs(Generations.run(engine, Generations.score("before", tokens)));
        for (int round = 0; round < 8; round++) {
            // Given
            int changed = 1 + random.nextInt(tokens.size() - 1);
            List<Integer> other = new ArrayList<>(tokens);
            other.set(changed, random.nextInt(engine.model().vocabularySize()));

            // When
            List<Double> after =
                    Generations.promptLogprobs(Generations.run(engine, Generations.score("after " + round, other)));

            // Then: scores[i] is the score of token i + 1
            assertThat(after.subList(0, changed - 1))
                    .as("token %d changed", changed)
                    .isEqualTo(before.subList(0, changed - 1));
        }
    }

    @Test
    void shouldGiveSameTokensBatchedAndAlone() {
        // Given: greedy and sampled requests of different lengths
        List<GenerationRequest> requests = new ArrayList<>();
        for (Goldens.Case golden : Goldens.smolLm2()) {
            requests.add(Generations.greedy("greedy " + golden, golden.promptIds(), Math.max(1, golden.clearSteps())));
            requests.add(GenerationRequest.of(
                    "sampled " + golden,
                    new Prompt.Tokens(golden.promptIds()),
                    SamplingParams.builder()
                            .temperature(0.8)
                            .topP(0.9)
                            .seed(7L)
                            .maxTokens(12)
                            .build()));
        }
        List<List<Integer>> alone = requests.stream()
                .map(request -> Generations.tokens(Generations.run(engine, request)))
                .toList();

        // When
        List<List<Integer>> batched = Generations.runAll(engine, requests).stream()
                .map(Generations::tokens)
                .toList();

        // Then
        for (int i = 0; i < requests.size(); i++) {
            assertThat(batched.get(i)).as(requests.get(i).id()).isEqualTo(alone.get(i));
        }
    }
}
