package io.causalstreams.inference.internal.onnx.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.CausalLm.LogitsWanted;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.onnx.OnnxModels;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The runtime's side of the seam, on an exported Llama of two layers with random weights. */
class ContractCausalLmTest {
    private static final Path TINY = Path.of("src/test/resources/models/tiny-llama");
    private static final EngineConfig CONFIG =
            EngineConfig.defaults().withSlots(3).withMaxContextTokens(32);
    private static final int[] TOKENS = {72, 101, 108, 108, 111, 44, 32, 87, 111, 114, 108, 100};
    private static final Offset<Float> CLOSE = within(1e-4f);

    private final ContractCausalLm model = (ContractCausalLm) OnnxModels.openCausal(ModelDirectory.at(TINY), CONFIG);

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void shouldKnowTheModelAndItsCache() {
        assertThat(model.metadata().layers()).isEqualTo(2);
        assertThat(model.maxContextTokens()).isEqualTo(32);
        // 2 layers, keys and values, 3 slots, 2 heads, 32 positions, 16 floats
        assertThat(model.kvCacheBytes()).isEqualTo(2L * 2 * 3 * 2 * 32 * 16 * 4);
    }

    @Test
    void shouldComputeInChunksAsInOnePass() {
        // Given
        float[][] whole = rows(model.prefill(0, TOKENS, 0, LogitsWanted.ALL));

        // When
        model.prefill(1, Arrays.copyOf(TOKENS, 5), 0, LogitsWanted.NONE);
        float[][] rest = rows(model.prefill(1, Arrays.copyOfRange(TOKENS, 5, 12), 5, LogitsWanted.ALL));
        float[][] last = rows(model.prefill(1, new int[] {TOKENS[11]}, 11, LogitsWanted.LAST));

        // Then
        for (int row = 0; row < 7; row++) {
            assertThat(rest[row]).containsExactly(whole[5 + row], CLOSE);
        }
        assertThat(last[0]).containsExactly(whole[11], CLOSE);
    }

    @Test
    void shouldCutLongPassesUnnoticed() {
        // Given
        float[][] whole = rows(model.prefill(0, TOKENS, 0, LogitsWanted.ALL));

        // When
        model.cutPassesAt(5);
        float[][] all = rows(model.prefill(1, TOKENS, 0, LogitsWanted.ALL));
        float[][] last = rows(model.prefill(2, TOKENS, 0, LogitsWanted.LAST));

        // Then
        for (int row = 0; row < TOKENS.length; row++) {
            assertThat(all[row]).containsExactly(whole[row], CLOSE);
        }
        assertThat(last.length).isEqualTo(1);
        assertThat(last[0]).containsExactly(whole[11], CLOSE);
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
    void shouldDecodeRowsOfDifferentLengthsAsEachAlone() {
        // Given
        float[][] whole = rows(model.prefill(0, TOKENS, 0, LogitsWanted.ALL));
        model.prefill(0, Arrays.copyOf(TOKENS, 11), 0, LogitsWanted.NONE);
        model.prefill(1, Arrays.copyOf(TOKENS, 3), 0, LogitsWanted.NONE);
        model.prefill(2, Arrays.copyOf(TOKENS, 7), 0, LogitsWanted.NONE);

        // When
        float[][] rows = rows(model.decode(new int[] {TOKENS[11], TOKENS[3], TOKENS[7]}, new int[] {11, 3, 7}, 3));

        // Then
        assertThat(rows[0]).containsExactly(whole[11], CLOSE);
        assertThat(rows[1]).containsExactly(whole[3], CLOSE);
        assertThat(rows[2]).containsExactly(whole[7], CLOSE);
    }

    @Test
    void shouldGoOnFromACopiedPrefix() {
        // Given
        float[][] whole = rows(model.prefill(0, TOKENS, 0, LogitsWanted.ALL));

        // When
        model.copySlot(0, 2, 8);
        float[][] rest = rows(model.prefill(2, Arrays.copyOfRange(TOKENS, 8, 12), 8, LogitsWanted.ALL));

        // Then
        assertThat(rest[3]).containsExactly(whole[11], CLOSE);
    }

    @Test
    void shouldReadNothingBehindARowsLength() {
        // Given: every byte of the cache is part of a NaN
        float[][] clean = rows(model.prefill(0, TOKENS, 0, LogitsWanted.ALL));
        model.fillCache((byte) 0xff);

        // When
        float[][] prefilled = rows(model.prefill(0, Arrays.copyOf(TOKENS, 6), 0, LogitsWanted.ALL));
        model.prefill(1, Arrays.copyOf(TOKENS, 2), 0, LogitsWanted.NONE);
        float[][] decoded = rows(model.decode(new int[] {TOKENS[6], TOKENS[2]}, new int[] {6, 2}, 2));

        // Then
        assertThat(prefilled[5]).containsExactly(clean[5], CLOSE);
        assertThat(decoded[0]).containsExactly(clean[6], CLOSE);
        assertThat(decoded[1]).containsExactly(clean[2], CLOSE);
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

    private static float[][] rows(Logits logits) {
        float[][] rows = new float[logits.rows()][logits.vocabulary()];
        for (int row = 0; row < rows.length; row++) {
            logits.copyRow(row, rows[row]);
        }
        return rows;
    }
}
