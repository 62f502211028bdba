package io.causalstreams.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EmbeddingTest {

    @Test
    void shouldTruncateThenNormalise() {
        // Given
        Embedding embedding = Embedding.of(3, 4, 12);

        // When
        Embedding shorter = embedding.truncated(2).normalized();

        // Then
        assertThat(shorter).isEqualTo(Embedding.of(0.6f, 0.8f));
        assertThat(embedding.normalized().cosine(embedding)).isCloseTo(1, within(1e-6));
    }

    @Test
    void shouldTellTheCosineOfAnyLengths() {
        assertThat(Embedding.of(2, 0).cosine(Embedding.of(0, 3))).isZero();
        assertThat(Embedding.of(2, 0).cosine(Embedding.of(-3, 0))).isEqualTo(-1);
        assertThat(Embedding.of(0, 0).cosine(Embedding.of(1, 1))).isZero();
    }

    @Test
    void shouldRefuseToCompareVectorsOfDifferentModels() {
        assertThatThrownBy(() -> Embedding.of(1, 2).cosine(Embedding.of(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 dimensions and one of 1");
    }

    @Test
    void shouldNotShareItsElements() {
        float[] elements = {1, 2};
        Embedding embedding = Embedding.of(elements);
        elements[0] = 9;
        embedding.values()[1] = 9;
        assertThat(embedding.values()).containsExactly(1, 2);
    }
}
