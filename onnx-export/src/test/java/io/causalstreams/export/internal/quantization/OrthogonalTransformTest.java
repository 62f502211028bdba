package io.causalstreams.export.internal.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
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
        transform.applyToRows(matrix, 0, size, size);

        // Then
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                double dot = 0;
                for (int c = 0; c < size; c++) {
                    dot += (double) matrix[i * size + c] * matrix[j * size + c];
                }
                assertThat(dot).as("rows %d and %d", i, j).isCloseTo(i == j ? 1 : 0, within(1e-5));
            }
        }
    }

    @Test
    void shouldChangeColumnsAsRowsOfTheTransposed() {
        // Given: more columns than are changed together, and two groups in each
        int size = 12;
        int columns = 37;
        OrthogonalTransform transform = new OrthogonalTransform(size);
        float[] matrix = new float[2 * size * columns];
        float[] transposed = new float[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = i % 7 - 3;
            transposed[i % columns * 2 * size + i / columns] = matrix[i];
        }

        // When
        transform.applyToColumns(matrix, columns, vectors -> {});

        // Then
        transform.applyToRows(transposed, 0, columns, 2 * size);
        for (int i = 0; i < matrix.length; i++) {
            assertThat(matrix[i]).isEqualTo(transposed[i % columns * 2 * size + i / columns]);
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
