package io.causalstreams.inference.internal.onnx.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.model.CausalLm.LogitsWanted;
import io.causalstreams.inference.internal.model.Logits;
import java.nio.file.Path;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The runtime's side of the seam, on an exported Llama of two layers with random weights, wherever its cache lies. */
abstract class SeamTests {
    static final Path TINY = Path.of("src/test/resources/models/tiny-llama");
    /** The same in half precision, by {@code export --precision fp16 --device cuda}. */
    static final Path TINY_HALF = Path.of("src/test/resources/models/tiny-llama-cuda");

    static final EngineConfig CONFIG = EngineConfig.defaults().withSlots(3).withMaxContextTokens(32);
    private static final int[] TOKENS = {72, 101, 108, 108, 111, 44, 32, 87, 111, 114, 108, 100};

    private final ContractCausalLm model;
    private final Offset<Float> close;

    /** @param close what passes of other sizes may differ by */
    SeamTests(CausalLm model, float close) {
        this.model = (ContractCausalLm) model;
        this.close = within(close);
    }

    final ContractCausalLm model() {
        return model;
    }

    @AfterEach
    void close() {
        model.close();
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
            assertThat(rest[row]).containsExactly(whole[5 + row], close);
        }
        assertThat(last[0]).containsExactly(whole[11], close);
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
            assertThat(all[row]).containsExactly(whole[row], close);
        }
        assertThat(last.length).isEqualTo(1);
        assertThat(last[0]).containsExactly(whole[11], close);
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
        assertThat(rows[0]).containsExactly(whole[11], close);
        assertThat(rows[1]).containsExactly(whole[3], close);
        assertThat(rows[2]).containsExactly(whole[7], close);
    }

    @Test
    void shouldGoOnFromACopiedPrefix() {
        // Given
        float[][] whole = rows(model.prefill(0, TOKENS, 0, LogitsWanted.ALL));

        // When
        model.copySlot(0, 2, 8);
        float[][] rest = rows(model.prefill(2, Arrays.copyOfRange(TOKENS, 8, 12), 8, LogitsWanted.ALL));

        // Then
        assertThat(rest[3]).containsExactly(whole[11], close);
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
        assertThat(prefilled[5]).containsExactly(clean[5], close);
        assertThat(decoded[0]).containsExactly(clean[6], close);
        assertThat(decoded[1]).containsExactly(clean[2], close);
    }

    @Test
    void shouldComputeRowsForNobodyBesideOthers() {
        // Given
        float[][] whole = rows(model.prefill(0, TOKENS, 0, LogitsWanted.ALL));
        model.prefill(0, Arrays.copyOf(TOKENS, 6), 0, LogitsWanted.NONE);

        // When
        int[] past = {6, 0, 0};
        float[][] rows = rows(model.decode(new int[] {TOKENS[6], 0, 0}, past, model.rowsOfStep(1)));

        // Then
        assertThat(rows[0]).containsExactly(whole[6], close);
    }

    private static float[][] rows(Logits logits) {
        float[][] rows = new float[logits.rows()][logits.vocabulary()];
        for (int row = 0; row < rows.length; row++) {
            logits.copyRow(row, rows[row]);
        }
        return rows;
    }
}
