package io.causalstreams.tuning.internal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.tuning.internal.graph.BatchShape;
import io.causalstreams.tuning.internal.model.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PackingTest {
    private static final long SEED = Long.getLong("test.seed", 5);

    @Test
    void shouldPutShortExamplesIntoOneRow() {
        // Given
        List<Example> examples = List.of(example(5, 2), example(9, 4), example(3, 1));

        // When
        List<Batch> batches = new Packing(9, 4).pack(examples);

        // Then
        assertThat(batches).extracting(Batch::shape).containsExactly(new BatchShape(2, 9));
        assertThat(batches).extracting(Batch::predicted).containsExactly(3 + 5 + 2);
    }

    @Test
    void shouldLoseNoPredictedTokenWhateverTheLengths() {
        // Given
        Random random = new Random(SEED);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int length = 2 + random.nextInt(30);
            examples.add(example(length, 1 + random.nextInt(length - 1)));
        }

        // When
        List<Batch> batches = new Packing(32, 3).pack(examples);

        // Then
        assertThat(batches.stream().mapToInt(Batch::predicted).sum())
                .as("seed %d", SEED)
                .isEqualTo(examples.stream().mapToInt(Example::predicted).sum());
        int tokens = batches.stream().mapToInt(batch -> batch.shape().tokens()).sum();
        assertThat(tokens)
                .isLessThan(examples.stream().mapToInt(Example::length).sum() * 11 / 9 + 32);
        assertThat(batches).allSatisfy(batch -> assertThat(batch.shape().rows()).isBetween(1, 3));
    }

    @Test
    void shouldRefuseAnExampleLongerThanARow() {
        assertThatThrownBy(() -> new Packing(8, 2).pack(List.of(example(9, 1))))
                .hasMessage("an example has 9 tokens, a row holds 8");
    }

    @Test
    void shouldPutWhatAllBeginWithIntoEachRowOnce() {
        // Given
        List<Example> examples = List.of(
                new Example(new int[] {1, 2, 3, 40, 41, 90}, 5),
                new Example(new int[] {1, 2, 3, 50, 91, 92}, 4),
                new Example(new int[] {1, 2, 3, 93}, 3));

        // When
        List<Batch> batches = new Packing(10, 4).pack(examples);

        // Then
        assertThat(batches).extracting(Batch::shape).containsExactly(new BatchShape(1, 10));
        assertThat(batches).extracting(Batch::predicted).containsExactly(1 + 2 + 1);
    }

    @Test
    void shouldChooseTheLengthThatCostsLeast() {
        // Given
        List<Example> step = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int[] tokens = new int[30];
            Arrays.fill(tokens, 10, 30, i + 1);
            step.add(new Example(tokens, 28));
        }

        // When
        Packing packing = Packing.fitting(List.of(step), 30, 256);

        // Then
        assertThat(packing).as("10 shared, 8 · 20 others, 6 of padding").isEqualTo(new Packing(176, 1));
    }

    private static Example example(int length, int prompt) {
        int[] tokens = new int[length];
        Arrays.fill(tokens, length);
        return new Example(tokens, prompt);
    }
}
