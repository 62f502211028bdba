package io.causalstreams.inference.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.testing.Resources;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Distributions as transformers computes them. */
class SamplerGoldenTest {
    private static final JsonNode GOLDEN = Resources.json("goldens/sampling.json");

    @TestFactory
    Stream<DynamicTest> shouldGiveTheDistributionOfTransformers() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode golden : GOLDEN.path("cases")) {
            String logitsName = golden.path("logits_name").asText();
            tests.add(DynamicTest.dynamicTest(golden.path("name").asText() + " on " + logitsName, () -> {
                float[] logits = floats(GOLDEN.path("logits").path(logitsName));
                double[] expected = doubles(golden.path("probs"));

                double[] actual = distribution(golden.path("params"), logits);

                List<Integer> order = byLogitThenProbability(logits, expected);
                List<Integer> actualOrder = byLogitThenProbability(logits, actual);
                for (int i = 0; i < expected.length; i++) {
                    assertThat(actual[actualOrder.get(i)])
                            .as("probability of token %d", order.get(i))
                            .isCloseTo(expected[order.get(i)], within(1e-6));
                }
                assertThat(Arrays.stream(actual).filter(p -> p > 0).count())
                        .isEqualTo(golden.path("kept").asInt());
            }));
        }
        assertThat(tests).hasSize(124);
        return tests.stream();
    }

    /** Which of several equally likely tokens top-p drops is up to the reference's sort, so equals are compared sorted. */
    private static List<Integer> byLogitThenProbability(float[] logits, double[] probabilities) {
        return IntStream.range(0, logits.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(id -> logits[id])
                        .thenComparingDouble(id -> probabilities[id]))
                .toList();
    }

    private static double[] distribution(JsonNode params, float[] logits) {
        SamplingParams.Builder builder = SamplingParams.builder();
        params.properties()
                .forEach(param -> set(builder, param.getKey(), param.getValue().asDouble()));
        TokenHistory history = new TokenHistory(new int[0]);
        GOLDEN.path("history").forEach(id -> history.append(id.asInt()));
        Sampler sampler = new Sampler(builder.build(), 0, 0, Set.of(), logits.length);
        return sampler.distribution(new Logits(FloatBuffer.wrap(logits), 1, logits.length), 0, history, null);
    }

    private static void set(SamplingParams.Builder builder, String name, double value) {
        switch (name) {
            case "temperature" -> builder.temperature(value);
            case "top_k" -> builder.topK((int) value);
            case "top_p" -> builder.topP(value);
            case "min_p" -> builder.minP(value);
            case "repetition_penalty" -> builder.repetitionPenalty(value);
            case "presence_penalty" -> builder.presencePenalty(value);
            case "frequency_penalty" -> builder.frequencyPenalty(value);
            default -> throw new IllegalArgumentException(name);
        }
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) array.get(i).asDouble();
        }
        return values;
    }

    private static double[] doubles(JsonNode array) {
        return IntStream.range(0, array.size())
                .mapToDouble(i -> array.get(i).asDouble())
                .toArray();
    }
}
