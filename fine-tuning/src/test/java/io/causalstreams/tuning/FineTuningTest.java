package io.causalstreams.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.export.internal.adapter.LoraConfig;
import io.causalstreams.export.internal.adapter.PeftAdapter;
import io.causalstreams.tuning.internal.model.FrozenStorage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FineTuningTest {
    private static final Path MODEL = Path.of("../onnx-export/src/test/resources/tiny/llama-tied");

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void shouldLearnFromRecords(FrozenStorage storage) throws IOException {
        // Given
        List<Double> losses = new ArrayList<>();

        // When
        FineTuning.run(MODEL, records(), directory.resolve("adapter"), options(storage, 24, 3), losing(losses, 99));

        // Then
        assertThat(mean(losses.subList(20, 24))).isLessThan(0.8 * mean(losses.subList(0, 4)));
        assertThat(directory.resolve("adapter/loss.svg")).content().contains("<svg", "training; ● validation");
        try (PeftAdapter adapter = PeftAdapter.open(directory.resolve("adapter"))) {
            assertThat(adapter.modules()).contains("model.layers.1.mlp.down_proj");
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.2})
    void shouldGoOnBitForBitWhereItWasEnded(double dropout) throws IOException {
        // Given
        TuningOptions options = options(FrozenStorage.FP32, 12, 3, dropout);
        Path whole = directory.resolve("whole");
        FineTuning.run(MODEL, records(), whole, options, losing(new ArrayList<>(), 99));
        Path broken = directory.resolve("broken");

        // When
        assertThatThrownBy(() -> FineTuning.run(MODEL, records(), broken, options, losing(new ArrayList<>(), 7)))
                .isInstanceOf(Killed.class);
        List<Double> after = new ArrayList<>();
        FineTuning.run(MODEL, records(), broken, options, losing(after, 99));

        // Then
        assertThat(after).as("steps done again").hasSizeLessThan(12);
        assertThat(broken.resolve(PeftAdapter.WEIGHTS)).hasSameBinaryContentAs(whole.resolve(PeftAdapter.WEIGHTS));
        assertThat(broken.resolve("training-state.bin")).hasSameBinaryContentAs(whole.resolve("training-state.bin"));
    }

    /** Tunes with the records {@code arguments[0]} into {@code arguments[1]}, and tells its steps; that of 7 never ends. */
    static final class HaltedTuning {
        public static void main(String[] arguments) {
            TuningListener halt = new TuningListener() {
                @Override
                public void onStep(Step step) {
                    System.out.println(step.step());
                    while (step.step() == 7) {
                        LockSupport.park();
                    }
                }
            };
            FineTuning.run(
                    MODEL, Path.of(arguments[0]), Path.of(arguments[1]), options(FrozenStorage.FP32, 12, 3), halt);
        }
    }

    @Test
    void shouldGoOnBitForBitWhereItsProcessWasKilled() throws Exception {
        // Given
        Path whole = directory.resolve("whole");
        FineTuning.run(MODEL, records(), whole, options(FrozenStorage.FP32, 12, 3), losing(new ArrayList<>(), 99));
        Path broken = directory.resolve("broken");
        killAtStep7(broken);

        // When
        List<Double> after = new ArrayList<>();
        FineTuning.run(MODEL, records(), broken, options(FrozenStorage.FP32, 12, 3), losing(after, 99));

        // Then
        assertThat(after).as("steps done after the state of step 6").hasSize(6);
        assertThat(broken.resolve(PeftAdapter.WEIGHTS)).hasSameBinaryContentAs(whole.resolve(PeftAdapter.WEIGHTS));
        assertThat(broken.resolve("training-state.bin")).hasSameBinaryContentAs(whole.resolve("training-state.bin"));
    }

    private void killAtStep7(Path output) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        HaltedTuning.class.getName(),
                        records().toString(),
                        output.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.lines().anyMatch("7"::equals)).isTrue();
            process.destroyForcibly().waitFor();
        }
        assertThat(process.exitValue()).isEqualTo(128 + 9);
    }

    @Test
    void shouldRefuseTheStateOfAnotherTraining() throws IOException {
        // Given
        Path output = directory.resolve("adapter");
        FineTuning.run(MODEL, records(), output, options(FrozenStorage.FP32, 2, 1), losing(new ArrayList<>(), 99));

        // When / Then
        assertThatThrownBy(() -> FineTuning.run(
                        MODEL, records(), output, options(FrozenStorage.FP32, 3, 1), losing(new ArrayList<>(), 99)))
                .isInstanceOf(TuningException.class)
                .hasMessageContaining("training-state.bin: belongs to a training with");
    }

    @Test
    void shouldKeepOnlyWhatIsBetterThanWhereItGoesOnFrom() throws IOException {
        // Given
        TuningOptions options = options(FrozenStorage.FP32, 12, 3);
        Path heldBack = Files.writeString(
                directory.resolve("held-back.jsonl"),
                "{\"prompt\":\"the number 41 is\",\"label\":\"odd\"}\n{\"nothing\":1}\n{\"prompt\":\"the number 44 is\",\"label\":\"even\"}\n");
        Path first = directory.resolve("first");

        // When
        FineTuning.Improvement better =
                FineTuning.improve(MODEL, records(), heldBack, null, first, options, losing(new ArrayList<>(), 99));
        FineTuning.Improvement further = FineTuning.improve(
                MODEL, records(), heldBack, first, directory.resolve("second"), options, losing(new ArrayList<>(), 99));
        Path lies = Files.writeString(
                directory.resolve("lies.jsonl"), "{\"prompt\":\"the number 41 is\",\"label\":\"even\"}\n".repeat(16));
        Path third = directory.resolve("third");
        FineTuning.Improvement worse =
                FineTuning.improve(MODEL, lies, heldBack, first, third, options, losing(new ArrayList<>(), 99));

        // Then
        assertThat(better.isBetter()).isTrue();
        assertThat(better.heldBack()).as("what cannot be learned is left out").isEqualTo(2);
        assertThat(further.before()).as("it goes on from the first").isEqualTo(better.after());
        assertThat(worse.isBetter()).isFalse();
        assertThat(third.resolve(PeftAdapter.WEIGHTS)).doesNotExist();
    }

    @Test
    void shouldImproveBitForBitWhereItWasEnded() throws IOException {
        // Given
        TuningOptions options = options(FrozenStorage.FP32, 12, 3);
        Path whole = directory.resolve("whole");
        FineTuning.Improvement expected =
                FineTuning.improve(MODEL, records(), records(), null, whole, options, losing(new ArrayList<>(), 99));
        Path broken = directory.resolve("broken");

        // When
        assertThatThrownBy(() -> FineTuning.improve(
                        MODEL, records(), records(), null, broken, options, losing(new ArrayList<>(), 7)))
                .isInstanceOf(Killed.class);
        FineTuning.Improvement resumed =
                FineTuning.improve(MODEL, records(), records(), null, broken, options, losing(new ArrayList<>(), 99));

        // Then
        assertThat(resumed).isEqualTo(expected);
        assertThat(broken.resolve(PeftAdapter.WEIGHTS)).hasSameBinaryContentAs(whole.resolve(PeftAdapter.WEIGHTS));
        assertThat(FineTuning.improve(MODEL, records(), records(), null, broken, options, losing(new ArrayList<>(), 0)))
                .as("and when all of it was done already")
                .isEqualTo(expected);
    }

    @Test
    void shouldNameTheLineOfABadRecord() throws IOException {
        // Given
        Path file = Files.writeString(
                directory.resolve("bad.jsonl"), "{\"prompt\":\"a\",\"completion\":\"b\"}\n{\"prompt\":\"a\"}\n");

        // When / Then
        assertThatThrownBy(() -> FineTuning.run(
                        MODEL,
                        file,
                        directory.resolve("adapter"),
                        options(FrozenStorage.FP32, 2, 1),
                        losing(new ArrayList<>(), 99)))
                .hasMessageContaining("bad.jsonl, line 2: needs messages that end with an answer");
    }

    private Path records() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            lines.append(
                    "{\"prompt\":\"the number %d is\",\"label\":\"%s\"}\n".formatted(i, i % 2 == 0 ? "even" : "odd"));
        }
        return Files.writeString(directory.resolve("records.jsonl"), lines.toString());
    }

    private static TuningOptions options(FrozenStorage storage, int steps, int validateEvery) {
        return options(storage, steps, validateEvery, 0);
    }

    private static TuningOptions options(FrozenStorage storage, int steps, int validateEvery, double dropout) {
        return new TuningOptions(
                new LoraConfig(4, 8, false, dropout, List.of(LoraConfig.ALL_LINEAR)),
                storage,
                new TuningOptions.Schedule(10, steps, 8, 2e-2, 0.1, 0.01, 1, 0.2, validateEvery, 0),
                64,
                128,
                1L << 30,
                1,
                3);
    }

    private static TuningListener losing(List<Double> losses, int dieAt) {
        return new TuningListener() {
            @Override
            public void onStep(Step step) {
                losses.add(step.loss());
                if (step.step() == dieAt) {
                    throw new Killed();
                }
            }
        };
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
