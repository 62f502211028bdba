package io.causalstreams.export.internal.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PieceComputerTest {
    private static final int PIECE = 7;

    @Test
    void shouldHandOverAllPiecesInOrderWhateverTheOrderTheyAreComputedIn() throws IOException {
        // Given: a first piece that is computed after the second, where there are two cores
        CountDownLatch second = new CountDownLatch(1);
        TensorData counting = new TensorData(ElementType.INT64, 1000, PIECE, (first, count, target) -> {
            if (first == 0) {
                await(second);
            }
            for (int i = 0; i < count; i++) {
                target.putLong(first + i);
            }
            second.countDown();
        });
        List<Long> taken = new ArrayList<>();

        // When
        try (PieceComputer computer = new PieceComputer()) {
            computer.compute(counting, bytes -> {
                while (bytes.hasRemaining()) {
                    taken.add(bytes.getLong());
                }
            });
        }

        // Then
        assertThat(taken).hasSize(1000).isSorted().startsWith(0L).endsWith(999L);
    }

    @Test
    void shouldReportWhatAPieceFailedOf() throws IOException {
        // Given
        TensorData damaged = new TensorData(ElementType.INT64, 1000, PIECE, (first, count, target) -> {
            throw new IllegalArgumentException("element " + first);
        });

        // When, then
        try (PieceComputer computer = new PieceComputer()) {
            assertThatThrownBy(() -> computer.compute(damaged, bytes -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("element 0");
        }
    }

    /** At most a second: with one core the other piece comes later. */
    private static void await(CountDownLatch latch) {
        try {
            boolean inTime = latch.await(1, TimeUnit.SECONDS);
            assertThat(inTime || Runtime.getRuntime().availableProcessors() == 1)
                    .isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
