package io.causalstreams.export.internal.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrthogonalTransformTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 12, 64, 48, 576})
    void shouldKeepLengthsAndAngles(int size) {
        // Given
        OrthogonalTransform transform = new OrthogonalTransform(size);
        float[] matrix = new float[size * size];
        for (int i = 0; i < size; i++) {
            matrix[i * size + i] = 1;
        }

        // When
        float[] r = transform.applyToRows(matrix);

        // Then
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                double dot = 0;
                for (int c = 0; c < size; c++) {
                    dot += (double) r[i * size + c] * r[j * size + c];
                }
                assertThat(dot).as("rows %d and %d", i, j).isCloseTo(i == j ? 1 : 0, within(1e-5));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 576, 1024})
    void shouldSpreadOneChannelOverAll(int size) {
        // Given
        float[] x = new float[size];
        x[3] = 100;

        // When
        new OrthogonalTransform(size).apply(x, 0);

        // Then
        for (float element : x) {
            assertThat(Math.abs(element)).isLessThan(50);
        }
    }
}
