package io.causalstreams.inference.internal.onnx.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which recorded size serves a step. */
class StepBucketsTest {
    private static final StepBuckets BUCKETS = new StepBuckets(200, 40_000);

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 4", "4, 4", "5, 8", "127, 128", "128, 128", "129, 200", "200, 200"})
    void shouldFillRowsUpToAPowerOfTwoOrAllSlots(int rows, int recorded) {
        assertThat(BUCKETS.rows(rows)).isEqualTo(recorded);
    }

    @ParameterizedTest
    @CsvSource({"1, 1024", "1024, 1024", "1025, 4096", "16384, 16384", "16385, 40000", "40000, 40000"})
    void shouldBoundLengthsByAPowerOfFourOrAllPositions(int length, int bound) {
        assertThat(BUCKETS.length(length)).isEqualTo(bound);
    }

    @Test
    void shouldNumberEverySizeOnceAndNoneByZero() {
        // Given
        Map<Integer, String> sizes = new HashMap<>();

        // Then
        for (int rows = 1; rows <= 200; rows++) {
            for (int length : new int[] {1, 1024, 1025, 5000, 16_384, 17_000, 40_000}) {
                int bound = BUCKETS.length(length);
                String size = rows + " x " + bound;
                int number = BUCKETS.number(rows, bound);
                assertThat(number).isPositive();
                assertThat(sizes.merge(number, size, (known, same) -> known)).isEqualTo(size);
            }
        }
    }
}
