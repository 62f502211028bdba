package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Figures that transformers computed in fp32; how they were made is in the files' {@code meta}. */
final class Goldens {
    private static final double NEAR_TIE = 0.1;

    private Goldens() {}

    /**
     * A prompt on the real model.
     *
     * @param greedyIds most likely tokens after the prompt, one after the other
     * @param margins by how much each was ahead of the second
     * @param logprobs of every token of prompt and completion but the first, given those before it
     */
    record Case(
            String name,
            List<Integer> promptIds,
            List<Integer> greedyIds,
            List<Double> margins,
            List<Double> logprobs) {

        /** Greedy steps before the first near tie: those any correct implementation must reproduce. */
        int clearSteps() {
            return (int)
                    margins.stream().takeWhile(margin -> margin >= NEAR_TIE).count();
        }

        List<Integer> allIds() {
            return Stream.concat(promptIds.stream(), greedyIds.stream()).toList();
        }

        /** Requires that the scores of a prompt are as near as this to those of transformers. */
        void requireNear(List<Double> scores, double tolerance) {
            assertThat(scores).hasSameSizeAs(logprobs);
            for (int position = 0; position < scores.size(); position++) {
                assertThat(scores.get(position))
                        .as("position %d", position + 1)
                        .isCloseTo(logprobs.get(position), within(tolerance));
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> smolLm2() {
        return stream(read(Path.of("src/test/resources/goldens/smollm2_public.json"))
                        .path("cases"))
                .map(node -> new Case(
                        node.path("name").asText(),
                        integers(node.path("prompt_ids")),
                        integers(node.path("greedy_ids")),
                        doubles(node.path("margins")),
                        doubles(node.path("logprobs"))))
                .toList();
    }

    /** One tiny model or more of every family. */
    static Stream<String> tinyNames() {
        return read(TestModels.TINY.resolve("goldens.json"))
                .path("models")
                .propertyStream()
                .map(Map.Entry::getKey);
    }

    /** Tiny models: logits of the prompt's positions become the log-probabilities of its tokens. */
    static Case tiny(String name) {
        JsonNode node =
                read(TestModels.TINY.resolve("goldens.json")).path("models").path(name);
        List<Integer> prompt = integers(node.path("input_ids"));
        List<Double> logprobs = new java.util.ArrayList<>();
        for (int position = 1; position < prompt.size(); position++) {
            logprobs.add(
                    logSoftmax(doubles(node.path("logits").path(position - 1))).get(prompt.get(position)));
        }
        return new Case(name, prompt, integers(node.path("greedy_ids")), doubles(node.path("margins")), logprobs);
    }

    private static List<Double> logSoftmax(List<Double> logits) {
        double max = logits.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        double logSum = max
                + Math.log(logits.stream().mapToDouble(x -> Math.exp(x - max)).sum());
        return logits.stream().map(x -> x - logSum).toList();
    }

    private static JsonNode read(Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Integer> integers(JsonNode array) {
        return stream(array).map(JsonNode::asInt).toList();
    }

    private static List<Double> doubles(JsonNode array) {
        return stream(array).map(JsonNode::asDouble).toList();
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
