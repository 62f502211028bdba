package io.causalstreams.inference.internal.onnx.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.onnx.OnnxModels;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The seam over a cache in the host's memory, and what is said of models that cannot be used. */
class ContractCausalLmTest extends SeamTests {
    ContractCausalLmTest() {
        super(OnnxModels.openCausal(ModelDirectory.at(TINY), CONFIG), 1e-4f);
    }

    @Test
    void shouldKnowTheModelAndItsCache() {
        ContractCausalLm model = model();
        assertThat(model.metadata().layers()).isEqualTo(2);
        assertThat(model.maxContextTokens()).isEqualTo(32);
        // 2 layers, keys and values, 3 slots, 2 heads, 32 positions, 16 floats
        assertThat(model.kvCacheBytes()).isEqualTo(2L * 2 * 3 * 2 * 32 * 16 * 4);
    }

    @ParameterizedTest
    @CsvSource({"9, 2048", "9, 8192", "32, 2048"})
    void shouldCutPassesWhereTheirAttentionWouldTakeMoreThan64Megabytes(int heads, int positions) {
        // When
        int tokens = ContractCausalLm.longestPass(heads, positions);

        // Then: a score has 4 bytes
        assertThat(4L * heads * positions * tokens).isLessThanOrEqualTo(64 << 20);
        assertThat(4L * heads * positions * (tokens + 1)).isGreaterThan(64 << 20);
    }

    @Test
    void shouldNotCutPassesBelow64Tokens() {
        assertThat(ContractCausalLm.longestPass(64, 131_072)).isEqualTo(64);
    }

    @Test
    void shouldSayWhatIsWrongWithADirectory(@TempDir Path directory) throws IOException {
        // Given
        Path missing = directory.resolve("missing");
        Path unfinished = Files.createDirectory(directory.resolve("unfinished"));
        Path corrupt = Files.createDirectory(directory.resolve("corrupt"));
        try (Stream<Path> files = Files.list(TINY)) {
            for (Path file : files.toList()) {
                Files.copy(file, corrupt.resolve(file.getFileName()));
            }
        }
        Files.write(corrupt.resolve("model.onnx"), new byte[] {1, 2, 3});

        // Then
        assertFails(missing, CONFIG, "no such directory");
        assertFails(unfinished, CONFIG, "neither export.json nor config.json");
        assertFails(corrupt, CONFIG, "cannot be loaded");
    }

    @Test
    void shouldSayWhichSizeDoesNotFit() {
        assertFails(TINY, CONFIG.withMaxContextTokens(4096), "4096 context tokens asked for");
        assertFails(TINY, CONFIG.withSlots(10_000_000), "10000000 slots x 32 tokens");
    }

    private static void assertFails(Path directory, EngineConfig config, String message) {
        assertThatThrownBy(() -> OnnxModels.openCausal(ModelDirectory.at(directory), config))
                .isInstanceOf(GenerationException.Failed.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining(message);
    }
}
