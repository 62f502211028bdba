package io.causalstreams.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Tiny random checkpoints, one or more of every family, and the figures that transformers computed for them. */
final class TinyModels {
    static final Path DIRECTORY = Path.of("src/test/resources/tiny");

    private TinyModels() {}

    /**
     * @param inputIds (12)
     * @param logits (12, vocabulary) for inputIds
     * @param greedyIds (16) most likely tokens after inputIds, one after the other
     * @param margins (16) by how much each was ahead of the second
     * @param lastLogits (vocabulary) after all 28 tokens
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Golden(String name, int[] inputIds, float[][] logits, int[] greedyIds, float[] margins, float[] lastLogits) {
        Path checkpoint() {
            return DIRECTORY.resolve(name);
        }

        /** Prompt and greedy completion, (28). */
        int[] allIds() {
            return IntStream.concat(Arrays.stream(inputIds), Arrays.stream(greedyIds))
                    .toArray();
        }

        boolean hasExperts() {
            return name.contains("moe") || name.contains("mixtral") || name.contains("gpt-oss");
        }

        /** Greedy steps before the first near tie. */
        int clearSteps() {
            return (int) IntStream.range(0, margins.length)
                    .takeWhile(i -> margins[i] >= 0.02)
                    .count();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Every checkpoint that has figures. */
    static Stream<Golden> all() throws IOException {
        return Stream.of(
                        read("goldens.json"),
                        read("goldens-shapes.json"),
                        read("goldens-quantized.json"),
                        read("goldens-families.json"))
                .flatMap(models -> models);
    }

    private static Stream<Golden> read(String file) throws IOException {
        JsonNode models =
                new ObjectMapper().readTree(DIRECTORY.resolve(file).toFile()).path("models");
        return models.propertyStream().map(entry -> golden(entry.getKey(), entry.getValue()));
    }

    static Golden named(String name) throws IOException {
        return all().filter(g -> g.name().equals(name)).findFirst().orElseThrow();
    }

    /** The id with the largest logit. */
    static int argmax(float[] logits) {
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
            if (logits[token] > logits[best]) {
                best = token;
            }
        }
        return best;
    }

    private static Golden golden(String name, JsonNode model) {
        float[][] logits = StreamSupport.stream(model.path("logits").spliterator(), false)
                .map(TinyModels::floats)
                .toArray(float[][]::new);
        return new Golden(
                name,
                ints(model.path("input_ids")),
                logits,
                ints(model.path("greedy_ids")),
                floats(model.path("margins")),
                floats(model.path("logits_after_greedy")));
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }

    private static float[] floats(JsonNode array) {
        float[] floats = new float[array.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = array.get(i).floatValue();
        }
        return floats;
    }
}
