package io.causalstreams.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.export.internal.adapter.AdaptedCheckpoint;
import io.causalstreams.export.internal.adapter.PeftAdapter;
import io.causalstreams.export.internal.adapter.PeftAdditions;
import io.causalstreams.export.internal.architecture.Decoder;
import io.causalstreams.export.internal.architecture.Families;
import io.causalstreams.export.internal.architecture.ModelConfig;
import io.causalstreams.export.internal.architecture.Tensors;
import io.causalstreams.export.internal.block.AdaptableArithmetic;
import io.causalstreams.export.internal.block.FloatArithmetic;
import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.TensorStore;
import io.causalstreams.export.internal.quantization.QuantizedDecoder;
import io.causalstreams.export.internal.weight.LowRank;
import io.causalstreams.export.internal.weight.Weight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a graph gets of an adapter is what merging it would change in the graph's weights: adapters of peft, all projections. */
class AdaptedProductsTest {
    private static final Path ADAPTERS = Path.of("../fine-tuning/src/test/resources/goldens");

    @TempDir
    Path directory;

    static Stream<String> models() throws IOException {
        try (Stream<Path> folders = Files.list(ADAPTERS)) {
            return folders.map(folder -> folder.getFileName().toString()).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void shouldAddWhatMergingAdds(String name) {
        assertAdditions(name, decoder -> decoder);
    }

    @ParameterizedTest
    @MethodSource("models")
    void shouldAddWhatMergingAddsToRotatedWeights(String name) {
        assertAdditions(name, QuantizedDecoder::spread);
    }

    @Test
    void shouldRefuseAnAdapterOfAnotherModel() {
        OnnxExporter.export(
                TinyModels.DIRECTORY.resolve("qwen2"),
                directory.resolve("model"),
                ExportOptions.of(Precision.FP32).withAdaptable(true));
        assertThatThrownBy(() -> AdapterConversion.convert(
                        TinyModels.DIRECTORY.resolve("qwen2"),
                        ADAPTERS.resolve("gpt2"),
                        directory.resolve("model"),
                        directory.resolve("adapter.safetensors")))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("belongs to another model");
        assertThat(directory.resolve("adapter.safetensors")).doesNotExist();
    }

    @Test
    void shouldRefuseAModelThatTakesNone() {
        OnnxExporter.export(
                TinyModels.DIRECTORY.resolve("qwen2"), directory.resolve("model"), ExportOptions.of(Precision.FP32));
        assertThatThrownBy(() -> AdapterConversion.convert(
                        TinyModels.DIRECTORY.resolve("qwen2"),
                        ADAPTERS.resolve("qwen2"),
                        directory.resolve("model"),
                        directory.resolve("adapter.safetensors")))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("export it again with --adapters");
    }

    private static void assertAdditions(String name, UnaryOperator<Decoder> prepared) {
        // Given
        Path source = TinyModels.DIRECTORY.resolve(name);
        try (Checkpoint base = CheckpointFormats.open(source);
                Checkpoint merged = AdaptedCheckpoint.of(CheckpointFormats.open(source), ADAPTERS.resolve(name));
                PeftAdapter adapter = PeftAdapter.open(ADAPTERS.resolve(name))) {
            Map<String, Weight> wanted = products(merged, prepared);
            PeftAdditions additions = new PeftAdditions(base.weights(), adapter);

            products(base, prepared).forEach((address, weight) -> {
                // When
                float[] sum = weight.read();
                add(Objects.requireNonNull(weight.lowRank(additions), address), sum);

                // Then
                float[] expected = Objects.requireNonNull(wanted.get(address)).read();
                assertThat(sum).as(address).usingComparatorWithPrecision(1e-5f).containsExactly(expected);
                assertThat(expected).as("changed %s", address).isNotEqualTo(weight.read());
            });
            assertThat(additions.unused()).isEmpty();
        }
    }

    private static Map<String, Weight> products(Checkpoint checkpoint, UnaryOperator<Decoder> prepared) {
        Decoder decoder = prepared.apply(
                Families.describe(new ModelConfig(checkpoint.config()), Tensors.of(checkpoint.weights())));
        AdaptableArithmetic arithmetic = new AdaptableArithmetic(new FloatArithmetic());
        ModelGraph.of("test", TensorStore.discarding(), decoder, ElementType.FLOAT, arithmetic);
        return arithmetic.adapted();
    }

    private static void add(LowRank added, float[] to) {
        float[] a = added.a().read();
        float[] b = added.b().read();
        int inputs = added.a().columns();
        for (int o = 0; o < added.b().rows(); o++) {
            for (int r = 0; r < added.rank(); r++) {
                for (int i = 0; i < inputs; i++) {
                    to[o * inputs + i] += b[o * added.rank() + r] * a[r * inputs + i];
                }
            }
        }
    }
}
