package io.causalstreams.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineMemoryTest {
    private static final Path TINY = Path.of("src/test/resources/models/tiny-llama");

    @Test
    void shouldSayWhatTheEngineReserves() {
        // Given
        EngineConfig config = EngineConfig.defaults().withSlots(3).withMaxContextTokens(50);

        // When
        EngineMemory memory = EngineMemory.of(TINY, config);

        // Then
        try (GenerationEngine engine = GenerationEngine.open(TINY, config)) {
            assertThat(memory.kvCache()).isEqualTo(engine.stats().kvCacheBytes());
        }
        assertThat(memory.weights())
                .isEqualTo(length(TINY.resolve("model.onnx")) + length(TINY.resolve("model.onnx.data")));
    }

    @Test
    void shouldKeepOfLongSlotsOnlyTheirBeginningResident() {
        EngineMemory memory =
                EngineMemory.of(TINY, EngineConfig.defaults().withSlots(2).withMaxContextTokens(64));
        assertThat(memory.keptKvCache()).isEqualTo(memory.kvCache());
    }

    @Test
    void shouldRefuseWhatOnlyLoadingShows(@TempDir Path directory) throws IOException {
        for (String file : new String[] {"model.onnx", "tokenizer.json"}) {
            Files.copy(TINY.resolve(file), directory.resolve(file));
        }
        Files.writeString(directory.resolve("config.json"), "{}");
        assertThatThrownBy(() -> EngineMemory.of(directory, EngineConfig.defaults()))
                .isInstanceOf(GenerationException.Failed.class)
                .hasMessageContaining("is no export of ours");
    }

    private static long length(Path file) {
        return file.toFile().length();
    }
}
