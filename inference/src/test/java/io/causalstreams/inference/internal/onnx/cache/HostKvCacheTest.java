package io.causalstreams.inference.internal.onnx.cache;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class HostKvCacheTest {
    private static final long PAGE = 4096;
    /** 2 layers, 2 slots of 32,768 tokens, 1 head of 64: 16 MB a block, 8 MB of it a slot. */
    private static final KvCacheLayout LAYOUT = new KvCacheLayout(2, 2, 1, 32_768, 64, 4);

    private static final long SLOT = LAYOUT.totalBytes() / LAYOUT.slots();

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldGiveBackMemoryOfForgottenPositions() throws IOException {
        try (HostKvCache cache = new HostKvCache(OrtEnvironment.getEnvironment(), LAYOUT)) {
            // Given: both slots are resident
            cache.fill((byte) 7);
            long before = residentBytes();

            // When
            cache.forget(0, 2048);

            // Then: a sixteenth of one slot is kept
            long given = before - residentBytes();
            assertThat(given).isGreaterThan(SLOT * 14 / 16).isLessThan(SLOT);
        }
    }

    @Test
    void shouldKeepWhatIsStillRead() {
        try (HostKvCache cache = new HostKvCache(OrtEnvironment.getEnvironment(), LAYOUT)) {
            cache.fill((byte) 7);

            cache.forget(0, 2047);

            long kept = 2047L * LAYOUT.positionBytes();
            for (int block = 0; block < 2 * LAYOUT.layers(); block++) {
                assertThat(firstOther(cache.block(block), 0, kept)).isEqualTo(-1);
                assertThat(firstOther(cache.block(block), LAYOUT.slotBytes(), 2 * LAYOUT.slotBytes()))
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldKeepBeginningOfSlotForNextRequest() throws IOException {
        try (HostKvCache cache = new HostKvCache(OrtEnvironment.getEnvironment(), LAYOUT)) {
            cache.fill((byte) 7);
            cache.forget(0, 0);
            cache.write(0, HostKvCache.KEPT_POSITIONS);
            long before = residentBytes();

            cache.forget(0, 0);

            assertThat(before - residentBytes()).isLessThan(SLOT / 16);
            assertThat(firstOther(cache.block(0), 0, (long) HostKvCache.KEPT_POSITIONS * LAYOUT.positionBytes()))
                    .isEqualTo(-1);
        }
    }

    /** Index of the first byte from {@code from} on that is not 7, or -1. */
    private static int firstOther(ByteBuffer bytes, long from, long to) {
        byte[] sevens = new byte[(int) (to - from)];
        Arrays.fill(sevens, (byte) 7);
        return bytes.slice((int) from, sevens.length).mismatch(ByteBuffer.wrap(sevens));
    }

    /** Anonymous memory alone: mapped files come and go. */
    private static long residentBytes() throws IOException {
        String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1);
        return (Long.parseLong(pages[1]) - Long.parseLong(pages[2])) * PAGE;
    }
}
