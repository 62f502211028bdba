package io.causalstreams.inference.internal.onnx.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.causalstreams.inference.Device;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.internal.model.BestTokens;
import io.causalstreams.inference.internal.model.CausalLm;
import io.causalstreams.inference.internal.model.CausalLm.LogitsWanted;
import io.causalstreams.inference.internal.model.Logits;
import io.causalstreams.inference.internal.onnx.OnnxModels;
import io.causalstreams.inference.internal.onnx.device.HostAccelerator;
import io.causalstreams.inference.internal.onnx.runtime.ModelDirectory;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The seam over a cache in a device's memory, which here is a stretch of the host's. */
class DeviceCausalLmTest {
    private static final long MEMORY = 64 << 20;
    /** 2 layers, keys and values, 2 heads, 32 positions, 16 floats. */
    private static final long SLOT_BYTES = 2L * 2 * 2 * 32 * 16 * 4;

    private static CausalLm open(HostAccelerator device, EngineConfig config) {
        return OnnxModels.openOn(device, ModelDirectory.at(SeamTests.TINY), config);
    }

    @Nested
    class NodeByNode extends SeamTests {
        NodeByNode() {
            super(open(new HostAccelerator(MEMORY), CONFIG.withCudaGraphs(false)), 1e-4f);
        }
    }

    @Nested
    class Recorded extends SeamTests {
        Recorded() {
            super(open(new HostAccelerator(MEMORY), CONFIG), 1e-4f);
        }

        @Test
        void shouldFillStepsUpToARecordedSize() {
            assertThat(model().rowsOfStep(1)).isEqualTo(1);
            assertThat(model().rowsOfStep(2)).isEqualTo(2);
            assertThat(model().rowsOfStep(3)).isEqualTo(3); // all slots
        }
    }

    /** The graph that a device gets, though here the CPU computes it. */
    @Nested
    class InHalfPrecision extends SeamTests {
        InHalfPrecision() {
            super(OnnxModels.openOn(new HostAccelerator(MEMORY), ModelDirectory.at(TINY_HALF), CONFIG), 0.01f);
        }

        @Test
        void shouldGiveTheBestTokensOfEachRowAndRowsWhenTheyAreRead() {
            // Given
            for (int step = 0; step < 5; step++) {
                Logits logits = model().decode(new int[] {72 + step, 101, 108}, new int[] {step, step, step}, 3);
                BestTokens best = Objects.requireNonNull(logits.best());
                float[] row = new float[logits.vocabulary()];
                logits.buffer().put(2 * logits.vocabulary(), row);

                for (int r = 0; r < 2; r++) {
                    // When
                    logits.copyRow(r, row);

                    // Then
                    int count = best.count();
                    float least = Float.POSITIVE_INFINITY;
                    for (int i = r * count; i < (r + 1) * count; i++) {
                        assertThat(best.logits().get(i))
                                .isEqualTo(row[(int) best.ids().get(i)]);
                        least = Math.min(least, best.logits().get(i));
                    }
                    int larger = 0;
                    for (float logit : row) {
                        larger += logit > least ? 1 : 0;
                    }
                    double sum = 0;
                    for (float logit : row) {
                        sum += Math.exp(logit);
                    }
                    assertThat((double) Objects.requireNonNull(best.logSumExp()).get(r))
                            .isCloseTo(Math.log(sum), within(1e-5));
                    assertThat(count).isEqualTo(64);
                    assertThat(larger).isLessThan(count);
                }
                assertThat(logits.buffer().get(2 * logits.vocabulary())).isZero(); // nobody has read it
            }
        }
    }

    @Test
    void shouldGiveEverythingBack() {
        // Given
        HostAccelerator device = new HostAccelerator(MEMORY);
        CausalLm model = open(device, SeamTests.CONFIG);
        assertThat(device.memory().isUntouched()).isFalse();

        // When
        model.close();
        model.close();

        // Then
        assertThat(device.memory().isUntouched()).isTrue();
        assertThat(device.memory().freeBytes()).isEqualTo(MEMORY);
    }

    @Test
    void shouldTakeNoMoreMemoryHoweverManyStepsItRuns() {
        // Given
        HostAccelerator device = new HostAccelerator(MEMORY);
        try (CausalLm model = open(device, SeamTests.CONFIG)) {
            int allocations = device.memory().allocations();
            Random random = new Random(7);

            // When
            for (int request = 0; request < 2_000; request++) {
                int slot = random.nextInt(3);
                model.prefill(slot, new int[1 + random.nextInt(8)], 0, LogitsWanted.LAST);
                int rows = model.rowsOfStep(1 + random.nextInt(3));
                model.decode(new int[rows], new int[] {8, 8, 8}, rows);
                model.copySlot(slot, (slot + 1) % 3, 8);
            }

            // Then
            assertThat(device.memory().allocations()).isEqualTo(allocations);
        }
    }

    @Test
    void shouldHaveAsManySlotsAsFit() {
        // Given: three quarters of the memory hold ten slots
        HostAccelerator device = new HostAccelerator(SLOT_BYTES * 40 / 3 + (1 << 12));

        // When
        EngineConfig config = SeamTests.CONFIG
                .withDevice(Device.AUTO)
                .withSlots(EngineConfig.SLOTS_THAT_FIT)
                .withCudaGraphs(false);
        try (CausalLm model = open(device, config)) {
            // Then
            assertThat(model.slots()).isEqualTo(10);
        }
    }

    @Test
    void shouldSayAtOnceHowManySlotsFit() {
        // Given
        HostAccelerator device = new HostAccelerator(SLOT_BYTES * 4);

        // Then
        assertThatThrownBy(() -> open(device, SeamTests.CONFIG.withSlots(9)))
                .isInstanceOf(GenerationException.Failed.class)
                .hasMessageContaining("9 slots x 32 tokens")
                .hasMessageContaining("does not fit fake:0, which has 65536 bytes free beside the weights")
                .hasMessageContaining("enough for 3 slots; lower the slots")
                .hasMessageNotContaining("\n");
        assertThat(device.memory().isUntouched()).isTrue();
    }

    @Test
    void shouldGiveEverythingBackWhereRecordingDoesNotFit() {
        // Given: the cache's four blocks are had, the steps' tensors are not
        HostAccelerator device = new HostAccelerator(MEMORY);
        device.memory().giveOnly(4);

        // Then
        assertThatThrownBy(() -> open(device, SeamTests.CONFIG))
                .isInstanceOf(GenerationException.Failed.class)
                .hasMessageContaining("fake:0")
                .hasMessageContaining("has no memory for passes beside the KV cache (fakeMalloc: out of memory)");
        assertThat(device.memory().isUntouched()).isTrue();
    }
}
