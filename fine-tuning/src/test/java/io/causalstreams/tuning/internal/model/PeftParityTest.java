package io.causalstreams.tuning.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.export.CheckpointFormats;
import io.causalstreams.export.internal.adapter.AdaptedCheckpoint;
import io.causalstreams.export.internal.adapter.LoraConfig;
import io.causalstreams.export.internal.adapter.PeftAdapter;
import io.causalstreams.export.internal.architecture.Families;
import io.causalstreams.export.internal.architecture.ModelConfig;
import io.causalstreams.export.internal.architecture.Tensors;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.checkpoint.FileByteSource;
import io.causalstreams.export.internal.checkpoint.StoredTensor;
import io.causalstreams.export.internal.checkpoint.safetensors.SafetensorsFile;
import io.causalstreams.tuning.internal.adapter.AdapterFiles;
import io.causalstreams.tuning.internal.adapter.Parameter;
import io.causalstreams.tuning.internal.data.Example;
import io.causalstreams.tuning.internal.data.Packing;
import io.causalstreams.tuning.internal.training.AdamW;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tiny models of several families with adapters: gradients and losses are those of peft and torch (lora_goldens.py). */
class PeftParityTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path GOLDENS = Path.of("src/test/resources/goldens");
    private static final Path MODELS = Path.of("../onnx-export/src/test/resources/tiny");
    /** All examples of a batch in two rows, several to a row. */
    private static final Packing PACKED = new Packing(20, 2);

    static Stream<String> models() throws IOException {
        try (Stream<Path> folders = Files.list(GOLDENS)) {
            return folders.map(folder -> folder.getFileName().toString()).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void shouldGiveTheGradientsOfTorch(String name) {
        // Given
        try (TrainableModel model = open(name, Long.MAX_VALUE)) {
            // When
            train(model, batches(name).get(0));

            // Then
            assertGradients(model, name);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void shouldGiveTheSameWhereLayersRunAgain(String name) {
        // Given
        try (TrainableModel model = open(name, 0)) {
            // When
            train(model, batches(name).get(0));

            // Then
            assertGradients(model, name);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void shouldLoseAsPeftDoesInTenStepsOfAdamW(String name) {
        // Given
        JsonNode golden = golden(name);
        JsonNode adamw = golden.path("adamw");
        List<List<Example>> batches = batches(name);
        List<Double> losses = new ArrayList<>();
        try (TrainableModel model = open(name, Long.MAX_VALUE)) {
            AdamW.Settings settings = new AdamW.Settings(
                    adamw.path("betas").path(0).asDouble(),
                    adamw.path("betas").path(1).asDouble(),
                    adamw.path("eps").asDouble(),
                    adamw.path("weight_decay").asDouble());
            AdamW optimiser = new AdamW(settings, model.adapter().parameters());

            // When
            for (int step = 0; step < golden.path("losses").size(); step++) {
                model.adapter().parameters().forEach(parameter -> Arrays.fill(parameter.gradient(), 0));
                losses.add(train(model, batches.get(step % 2)));
                optimiser.step(adamw.path("lr").asDouble());
            }
        }

        // Then
        for (int step = 0; step < losses.size(); step++) {
            assertThat(losses.get(step))
                    .as("step %d", step)
                    .isCloseTo(golden.path("losses").path(step).asDouble(), within(1e-3));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void shouldLoseTheSameWithTheAdapterMergedIntoTheWeights(String name) {
        // Given
        List<Example> examples = batches(name).get(0);
        Path adapter = GOLDENS.resolve(name);
        try (Checkpoint merged = AdaptedCheckpoint.of(CheckpointFormats.open(MODELS.resolve(name)), adapter);
                TrainableModel model = open(merged, new LoraConfig(1, 1, false, List.of(LoraConfig.ALL_LINEAR)), 0)) {
            // When
            double sum = 0;
            for (Batch batch : PACKED.pack(examples)) {
                for (float loss : model.losses(batch)) {
                    sum += loss;
                }
            }

            // Then
            int predicted = examples.stream().mapToInt(Example::predicted).sum();
            assertThat(sum / predicted)
                    .isCloseTo(golden(name).path("losses").path(0).asDouble(), within(1e-3));
        }
    }

    static Stream<String> modelsWithDropout() throws IOException {
        return models().filter(name -> Files.exists(GOLDENS.resolve(name).resolve("dropout.json")));
    }

    @ParameterizedTest
    @MethodSource("modelsWithDropout")
    void shouldGiveTheGradientsOfTorchWithDropout(String name) throws IOException {
        // Given: one example, so that a token's place in the batch is its position
        JsonNode golden =
                JSON.readTree(GOLDENS.resolve(name).resolve("dropout.json").toFile());
        List<Example> example = List.of(example(golden.path("example")));
        for (long keptBytes : new long[] {Long.MAX_VALUE, 0}) {
            try (TrainableModel model =
                    open(name, keptBytes, golden.path("probability").asDouble())) {
                // When
                double loss = train(model, example, golden.path("draw").asLong());

                // Then
                assertThat(loss).isCloseTo(golden.path("loss").asDouble(), within(1e-4));
                assertGradients(model, GOLDENS.resolve(name).resolve("dropout-gradients.safetensors"));
            }
        }
    }

    @Test
    void shouldDropNothingWhereNothingIsLearned() {
        // Given
        Batch batch = PACKED.pack(batches("llama-tied").get(0)).get(0);
        try (TrainableModel dropping = open("llama-tied", 0, 0.5);
                TrainableModel model = open("llama-tied", 0)) {
            // Then
            assertThat(dropping.losses(batch)).isEqualTo(model.losses(batch));
            assertThat(dropping.lossesAndGradients(batch, 1, 1)).isNotEqualTo(model.losses(batch));
        }
    }

    /** The mean loss of all predicted tokens. */
    private static double train(TrainableModel model, List<Example> examples) {
        return train(model, examples, 0);
    }

    private static double train(TrainableModel model, List<Example> examples, long draw) {
        int predicted = examples.stream().mapToInt(Example::predicted).sum();
        double sum = 0;
        for (Batch batch : PACKED.pack(examples)) {
            for (float loss : model.lossesAndGradients(batch, 1f / predicted, draw)) {
                sum += loss;
            }
        }
        return sum / predicted;
    }

    private static void assertGradients(TrainableModel model, String name) {
        assertGradients(model, GOLDENS.resolve(name).resolve("gradients.safetensors"));
    }

    private static void assertGradients(TrainableModel model, Path gradients) {
        try (FileByteSource file = FileByteSource.open(gradients)) {
            Map<String, StoredTensor> expected = SafetensorsFile.open(file).tensors();
            assertThat(model.adapter().parameters()).hasSameSizeAs(expected.keySet());
            for (Parameter parameter : model.adapter().parameters()) {
                float[] wanted =
                        Objects.requireNonNull(expected.get(parameter.name())).read();
                assertThat(distance(parameter.gradient(), wanted) / length(wanted))
                        .as(parameter.name())
                        .isLessThan(1e-4);
            }
        }
    }

    private static double distance(float[] a, float[] b) {
        float[] difference = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            difference[i] = a[i] - b[i];
        }
        return length(difference);
    }

    private static double length(float[] a) {
        double sum = 0;
        for (float each : a) {
            sum += (double) each * each;
        }
        return Math.sqrt(sum);
    }

    private static TrainableModel open(String name, long keptBytes) {
        return open(name, keptBytes, 0);
    }

    private static TrainableModel open(String name, long keptBytes, double dropout) {
        try (Checkpoint checkpoint = CheckpointFormats.open(MODELS.resolve(name));
                PeftAdapter adapter = PeftAdapter.open(GOLDENS.resolve(name))) {
            LoraConfig saved = adapter.config();
            LoraConfig config =
                    new LoraConfig(saved.rank(), saved.alpha(), saved.rankStabilised(), dropout, saved.targets());
            TrainableModel model = open(checkpoint, config, keptBytes);
            AdapterFiles.read(adapter, model.adapter());
            return model;
        }
    }

    private static TrainableModel open(Checkpoint checkpoint, LoraConfig config, long keptBytes) {
        return new TrainableModel(
                Families.describe(new ModelConfig(checkpoint.config()), Tensors.of(checkpoint.weights())),
                config,
                new TrainableModel.Settings(FrozenStorage.FP32, keptBytes, 1));
    }

    private static List<List<Example>> batches(String name) {
        List<List<Example>> batches = new ArrayList<>();
        for (JsonNode batch : golden(name).path("batches")) {
            List<Example> examples = new ArrayList<>();
            batch.forEach(example -> examples.add(example(example)));
            batches.add(examples);
        }
        return batches;
    }

    private static Example example(JsonNode golden) {
        int[] tokens = new int[golden.path(0).size()];
        Arrays.setAll(tokens, i -> golden.path(0).path(i).asInt());
        return new Example(tokens, golden.path(1).asInt());
    }

    private static JsonNode golden(String name) {
        try {
            return JSON.readTree(GOLDENS.resolve(name).resolve("losses.json").toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
