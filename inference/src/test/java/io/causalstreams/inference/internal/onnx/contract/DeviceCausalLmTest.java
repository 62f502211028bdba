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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The seam over a cache in a device's memory, which here is a stretch of the host's. */
class DeviceCausalLmTest {
    private static final long MEMORY = 64 << 20;
    /** 2 layers, keys and values, 2 heads, 32 positions, 16 floats. */
    private static final long SLOT_BYTES = 2L * 2 * 2 * 32 * 16 * 4;

    /** Numbers of {@code onnx.proto}. */
    private static final int GRAPH = 7;

    private static final int METADATA_PROPS = 14;
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    @TempDir
    private Path directory;

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
    void shouldRecordStepsWhereNothingSpeaksAgainstIt() {
        // Given
        HostAccelerator device = new HostAccelerator(MEMORY);

        // When
        open(device, SeamTests.CONFIG).close();

        // Then
        assertThat(device.sessions()).containsExactly(true);
    }

    @Test
    void shouldNotTryToRecordStepsWhoseSizesDependOnTheirData() throws IOException {
        byte[] property =
                field(METADATA_PROPS, concat(field(1, utf8("causal_streams.recordable")), field(2, utf8("false"))));

        assertNeverRecorded(property);
    }

    @Test
    void shouldNotTryToRecordStepsOfAGraphThatTakesAdapters() throws IOException {
        byte[] graph = field(
                GRAPH,
                concat(input("adapter_rows", INT64), input("adapter_share", FLOAT), input("adapter_places", INT64)));

        assertNeverRecorded(graph);
    }

    /** @param more of the graph's file: messages behind one another are one, of the fields of both */
    private void assertNeverRecorded(byte[] more) throws IOException {
        // Given
        HostAccelerator device = new HostAccelerator(MEMORY);
        for (String file : List.of("export.json", "tokenizer.json", "model.onnx.data", "model.onnx")) {
            Files.copy(SeamTests.TINY.resolve(file), directory.resolve(file));
        }
        Files.write(directory.resolve("model.onnx"), more, StandardOpenOption.APPEND);

        // When
        try (CausalLm model = OnnxModels.openOn(device, ModelDirectory.at(directory), SeamTests.CONFIG)) {
            // Then
            assertThat(device.sessions()).containsExactly(false);
            assertThat(model.rowsOfStep(3)).isEqualTo(3);
            assertThat(model.decode(new int[] {72, 101, 108}, new int[3], 3).rows())
                    .isEqualTo(3);
        }
    }

    private static byte[] input(String name, int type) {
        byte[] tensor = field(1, new byte[] {1 << 3, (byte) type});
        return field(11, concat(field(1, utf8(name)), field(2, tensor)));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A field of up to 127 bytes, as protobuf writes it. */
    private static byte[] field(int number, byte[] content) {
        return concat(new byte[] {(byte) (number << 3 | 2), (byte) content.length}, content);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
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
