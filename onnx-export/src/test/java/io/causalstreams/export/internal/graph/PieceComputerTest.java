package io.causalstreams.export.internal.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PieceComputerTest {
    private static final int PIECE = 7;

    @Test
    void shouldHandOverAllPiecesInOrderWhateverTheOrderTheyAreComputedIn() throws IOException {
        // Given
        TensorData counting = new TensorData(ElementType.INT64, 1000, PIECE, (first, count, target) -> {
            Thread.yield();
            for (int i = 0; i < count; i++) {
                target.putLong(first + i);
            }
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
}
