package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.causalstreams.export.AdapterConversion;
import io.causalstreams.export.ExportOptions;
import io.causalstreams.export.OnnxExporter;
import io.causalstreams.export.Precision;
import io.causalstreams.export.TargetDevice;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.internal.model.AdapterWeights;
import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.model.CausalLm.LogitsWanted;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.onnx.OnnxModels;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows of one batch with different adapters give what models with these adapters merged into their weights give. */
class AdaptersIT {
    private static final Path ADAPTERS = Path.of("../fine-tuning/src/test/resources/goldens");
    private static final EngineConfig CONFIG =
            EngineConfig.defaults().withSlots(5).withMaxContextTokens(32).withIntraOpThreads(1);
    private static final int[] PROMPT = {5, 9, 3, 17, 11, 2, 8};
    private static final int[] NEXT = {4, 13, 6};

    @TempDir
    Path directory;

    static Stream<String> models() throws IOException {
        try (Stream<Path> folders = Files.list(ADAPTERS)) {
            return folders.map(folder -> folder.getFileName().toString()).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void shouldGiveTheLogitsOfTheMergedModels(String name) throws IOException {
        requireMergedLogits(name, ExportOptions.of(Precision.FP32), 1e-4);
    }

    private void requireMergedLogits(String name, ExportOptions options, double tolerance) throws IOException {
        // Given
        Path half = halved(ADAPTERS.resolve(name));
        List<float[]> base = alone(TestModels.tiny(name));
        List<float[]> whole = alone(merged(name, ExportOptions.of(Precision.FP32), ADAPTERS.resolve(name)));
        List<float[]> weaker = alone(merged(name, ExportOptions.of(Precision.FP32), half));
        try (CausalLm model = adaptable(name, options)) {
            AdapterWeights first = load(model, name, ADAPTERS.resolve(name));
            AdapterWeights second = load(model, name, half);

            // When
            List<List<float[]>> rows = together(model, Arrays.asList(second, null, first, second, null));

            // Then
            assertClose(rows.get(0), weaker, tolerance);
            assertClose(rows.get(1), base, tolerance);
            assertClose(rows.get(2), whole, tolerance);
            assertClose(rows.get(3), weaker, tolerance);
            assertClose(rows.get(4), base, tolerance);
            assertThat(distance(whole, base)).isGreaterThan(1e-2);
            assertThat(distance(whole, weaker)).isGreaterThan(1e-2);
            assertThat(distance(rows.get(2), whole)).isLessThan(0.05 * distance(whole, base));

            // and when slots change their adapters, and one that was not there before takes a place
            AdapterWeights third = load(model, name, ADAPTERS.resolve(name));
            rows = together(model, Arrays.asList(null, third, third, third, second));
            assertClose(rows.get(0), base, tolerance);
            assertClose(rows.get(1), whole, tolerance);
            assertClose(rows.get(3), whole, tolerance);
            assertClose(rows.get(4), weaker, tolerance);
        }
    }

    /** The base is rounded without the adapter here and with it in the merged model: both are as far from fp32. */
    @ParameterizedTest
    @CsvSource({
        "llama-tied, INT8",
        "qwen3, INT8",
        "gpt2, INT8",
        "phi3, INT8",
        "gemma2, INT8",
        "llama-tied, INT4",
        "qwen3, INT4",
        "gpt2, INT4",
        "phi3, INT4",
    })
    void shouldBeAsNearToFp32AsTheMergedModel(String name, Precision precision) throws IOException {
        requireAsNearToFp32(name, ExportOptions.of(precision));
    }

    private void requireAsNearToFp32(String name, ExportOptions options) throws IOException {
        // Given
        List<float[]> exact = alone(merged(name, ExportOptions.of(Precision.FP32), ADAPTERS.resolve(name)));
        List<float[]> merged = alone(merged(name, options, ADAPTERS.resolve(name)));
        try (CausalLm model = adaptable(name, options)) {
            AdapterWeights adapter = load(model, name, ADAPTERS.resolve(name));

            // When
            List<List<float[]>> rows = together(model, Arrays.asList(adapter, null, adapter, null, adapter));

            // Then
            assertThat(distance(rows.get(0), exact)).isLessThan(1.5 * distance(merged, exact) + 0.02);
            assertThat(distance(rows.get(1), exact)).isGreaterThan(distance(rows.get(0), exact));
            assertClose(rows.get(2), rows.get(0), 1e-4);
            assertClose(rows.get(4), rows.get(0), 1e-4);
        }
    }

    /** Graphs for devices, on the CPU: adapters are given in fp32 and become fp16 in the graph. */
    @ParameterizedTest
    @MethodSource("models")
    void shouldGiveTheLogitsOfTheMergedModelsInHalfPrecision(String name) throws IOException {
        requireMergedLogits(name, ExportOptions.of(Precision.FP16).withDevice(TargetDevice.CUDA), 5e-2);
    }

    @ParameterizedTest
    @CsvSource({"llama-tied, INT8", "gpt2, INT8", "llama-tied, INT4", "gpt2, INT4"})
    void shouldBeAsNearToFp32AsTheMergedModelOfADevice(String name, Precision precision) throws IOException {
        requireAsNearToFp32(name, ExportOptions.of(precision).withDevice(TargetDevice.CUDA));
    }

    /** Logits behind the prompt and behind each further token, of the model by itself. */
    private static List<float[]> alone(Path model) {
        try (CausalLm lm = OnnxModels.openCausal(ModelDirectory.at(model), CONFIG.withSlots(1))) {
            return together(lm, Arrays.asList((AdapterWeights) null)).get(0);
        }
    }

    /** The same for a row with each adapter, all rows in one decode step; by row. */
    private static List<List<float[]>> together(CausalLm model, List<@Nullable AdapterWeights> adapters) {
        List<List<float[]>> rows = new ArrayList<>();
        for (int slot = 0; slot < adapters.size(); slot++) {
            model.useAdapter(slot, adapters.get(slot));
            Logits logits = model.prefill(slot, PROMPT, 0, LogitsWanted.LAST);
            rows.add(new ArrayList<>(List.of(row(logits, 0))));
        }
        for (int step = 0; step < NEXT.length; step++) {
            int[] tokens = new int[adapters.size()];
            int[] past = new int[adapters.size()];
            Arrays.fill(tokens, NEXT[step]);
            Arrays.fill(past, PROMPT.length + step);
            Logits logits = model.decode(tokens, past, adapters.size());
            for (int slot = 0; slot < adapters.size(); slot++) {
                rows.get(slot).add(row(logits, slot));
            }
        }
        return rows;
    }

    private static float[] row(Logits logits, int row) {
        float[] copy = new float[logits.vocabulary()];
        logits.copyRow(row, copy);
        return copy;
    }

    private static void assertClose(List<float[]> actual, List<float[]> expected, double tolerance) {
        for (int step = 0; step < expected.size(); step++) {
            for (int i = 0; i < expected.get(step).length; i++) {
                assertThat((double) actual.get(step)[i])
                        .as("step %d, logit %d", step, i)
                        .isCloseTo(expected.get(step)[i], within(tolerance));
            }
        }
    }

    /** Root of the mean square of the differences. */
    private static double distance(List<float[]> a, List<float[]> b) {
        double sum = 0;
        int count = 0;
        for (int step = 0; step < a.size(); step++) {
            for (int i = 0; i < a.get(step).length; i++, count++) {
                double difference = a.get(step)[i] - b.get(step)[i];
                sum += difference * difference;
            }
        }
        return Math.sqrt(sum / count);
    }

    private CausalLm adaptable(String name, ExportOptions options) {
        Path model = directory.resolve("adaptable");
        OnnxExporter.export(TestModels.TINY.resolve(name), model, options.withAdaptable(true));
        return OnnxModels.openCausal(ModelDirectory.at(model), CONFIG);
    }

    private AdapterWeights load(CausalLm model, String name, Path adapter) {
        Path file = directory.resolve("adapter.safetensors");
        AdapterConversion.convert(TestModels.TINY.resolve(name), adapter, directory.resolve("adaptable"), file);
        return model.readAdapter("adapter", file);
    }

    private Path merged(String name, ExportOptions options, Path adapter) {
        Path model = directory.resolve("merged");
        OnnxExporter.export(TestModels.TINY.resolve(name), model, options.withAdapter(adapter));
        return model;
    }

    /** The adapter with half its alpha. */
    private Path halved(Path adapter) throws IOException {
        Path copy = Files.createDirectory(directory.resolve("half"));
        Files.copy(adapter.resolve("adapter_model.safetensors"), copy.resolve("adapter_model.safetensors"));
        String config = Files.readString(adapter.resolve("adapter_config.json"));
        String changed = config.replaceFirst("\"lora_alpha\": *(\\d+)", "\"lora_alpha\": 1");
        assertThat(changed).isNotEqualTo(config);
        Files.writeString(copy.resolve("adapter_config.json"), changed);
        return copy;
    }
}
