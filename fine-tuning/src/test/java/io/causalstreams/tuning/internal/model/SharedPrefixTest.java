package io.causalstreams.tuning.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.causalstreams.export.CheckpointFormats;
import io.causalstreams.export.internal.adapter.LoraConfig;
import io.causalstreams.export.internal.architecture.Families;
import io.causalstreams.export.internal.architecture.ModelConfig;
import io.causalstreams.export.internal.architecture.Tensors;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.tuning.internal.adapter.Parameter;
import io.causalstreams.tuning.internal.data.Example;
import io.causalstreams.tuning.internal.data.Packing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Examples that begin with the same tokens learn the same, whether a row has those tokens once or each example has its own. */
class SharedPrefixTest {
    private static final Path MODELS = Path.of("../onnx-export/src/test/resources/tiny");
    private static final long SEED = Long.getLong("test.seed", 11);
    private static final int SHARED = 12;

    @ParameterizedTest
    @ValueSource(strings = {"llama-tied", "gpt2", "gemma2", "mistral-swa"}) // the last two with windows of 8
    void shouldGiveTheGradientsOfTheExamplesOneByOne(String name) {
        // Given
        Random random = new Random(SEED);
        List<Example> examples = examples(random);
        Packing together = new Packing(60, 2);
        assertThat(together.pack(examples))
                .hasSize(1)
                .first()
                .satisfies(batch -> assertThat(batch.shape().tokens())
                        .isLessThan(examples.stream().mapToInt(Example::length).sum()));
        try (TrainableModel model = open(name)) {
            fill(model, random);

            // When
            Result alone = train(
                    model,
                    examples.stream()
                            .flatMap(each -> together.pack(List.of(each)).stream())
                            .toList());
            Result shared = train(model, together.pack(examples));

            // Then
            assertThat(shared.loss()).as("seed %d", SEED).isCloseTo(alone.loss(), within(1e-4 * alone.loss()));
            for (int i = 0; i < alone.gradients().size(); i++) {
                float[] wanted = alone.gradients().get(i);
                assertThat(distance(shared.gradients().get(i), wanted))
                        .as("%s, seed %d", model.adapter().parameters().get(i).name(), SEED)
                        .isLessThan(1e-4 * distance(new float[wanted.length], wanted));
            }
        }
    }

    private record Result(double loss, List<float[]> gradients) {}

    private static Result train(TrainableModel model, List<Batch> batches) {
        List<Parameter> parameters = model.adapter().parameters();
        parameters.forEach(parameter -> Arrays.fill(parameter.gradient(), 0));
        double sum = 0;
        for (Batch batch : batches) {
            for (float loss : model.lossesAndGradients(batch, 1, 0)) {
                sum += loss;
            }
        }
        return new Result(
                sum,
                parameters.stream()
                        .map(parameter -> parameter.gradient().clone())
                        .toList());
    }

    /** Some end their prompt with the shared tokens, so that one place predicts several tokens. */
    private static List<Example> examples(Random random) {
        int[] start = random.ints(SHARED, 0, 90).toArray();
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int prompt = SHARED + (i < 2 ? 0 : 1 + random.nextInt(8));
            int[] tokens = Arrays.copyOf(start, prompt + 1 + random.nextInt(4));
            for (int t = SHARED; t < tokens.length; t++) {
                tokens[t] = random.nextInt(90);
            }
            examples.add(new Example(tokens, prompt));
        }
        return examples;
    }

    private static void fill(TrainableModel model, Random random) {
        for (Parameter parameter : model.adapter().parameters()) {
            float[] values = new float[parameter.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = 0.1f * (float) random.nextGaussian();
            }
            parameter.values().put(0, values);
        }
    }

    private static TrainableModel open(String name) {
        try (Checkpoint checkpoint = CheckpointFormats.open(MODELS.resolve(name))) {
            return new TrainableModel(
                    Families.describe(new ModelConfig(checkpoint.config()), Tensors.of(checkpoint.weights())),
                    new LoraConfig(4, 8, false, List.of(LoraConfig.ALL_LINEAR)),
                    new TrainableModel.Settings(FrozenStorage.FP32, Long.MAX_VALUE, 1));
        }
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.pow((double) a[i] - b[i], 2);
        }
        return Math.sqrt(sum);
    }
}
