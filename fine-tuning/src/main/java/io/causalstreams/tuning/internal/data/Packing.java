package io.causalstreams.tuning.internal.data;

import io.causalstreams.tuning.internal.graph.BatchShape;
import io.causalstreams.tuning.internal.model.Batch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Puts short examples one behind the other into rows of one length. What all of them begin with, such as a template's first
 * turns, is in each row once.
 *
 * <pre>
 *   row 0   s s s a a a a b b b b c . .        s is what all begin with; tokens of b see s and b, not a
 *   row 1   s s s d d d d d d e e e . .        positions   0 1 2  3 4 5 6  3 4 5 6  3
 * </pre>
 *
 * That gives the losses and gradients of the examples one by one: a token sees the same tokens at the same positions, and
 * gradients of s are the sums of what each example would add. Predicted tokens are never shared.
 *
 * <p>The longest go first, each into the first row that has room (first-fit decreasing, at most 11/9 of the fewest rows). The same
 * examples give the same batches.
 *
 * @param length of a row
 * @param rows of a batch, at most
 */
public record Packing(int length, int rows) {
    private static final int LENGTH_STEP = 16;
    /** In a row of about this length a small model's token costs as much in attention as in products with weights. */
    private static final int LENGTH_OF_DOUBLE_COST = 2048;

    /**
     * Rows in which such steps cost least: long ones have shared tokens and padding less often, short ones have less to attend to.
     *
     * @param steps examples that are packed together
     * @param longest tokens of the longest example there may be
     * @param batchTokens of all rows of a batch together, at most; one row is allowed in any case
     */
    public static Packing fitting(List<List<Example>> steps, int longest, int batchTokens) {
        int shortest = (longest + LENGTH_STEP - 1) / LENGTH_STEP * LENGTH_STEP;
        Packing best = new Packing(shortest, Math.max(1, batchTokens / shortest));
        for (int length = shortest + LENGTH_STEP; length <= batchTokens; length += LENGTH_STEP) {
            Packing longer = new Packing(length, batchTokens / length);
            if (longer.cost(steps) < best.cost(steps)) {
                best = longer;
            }
        }
        return best;
    }

    private long cost(List<List<Example>> steps) {
        long filled = steps.stream()
                .mapToLong(step -> fill(step, shared(step)).size())
                .sum();
        return filled * length * (LENGTH_OF_DOUBLE_COST + length);
    }

    /** All examples, in batches that differ by one row at most. @throws IllegalArgumentException if one is longer than a row */
    public List<Batch> pack(List<Example> examples) {
        int shared = shared(examples);
        List<List<Example>> filled = fill(examples, shared);
        int batches = (filled.size() + rows - 1) / rows;
        List<Batch> result = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            result.add(batch(filled.subList(i * filled.size() / batches, (i + 1) * filled.size() / batches), shared));
        }
        return result;
    }

    /** How many tokens all prompts begin with. */
    private static int shared(List<Example> examples) {
        Example first = examples.get(0);
        return examples.stream().mapToInt(first::sharedPrompt).min().orElse(0);
    }

    private List<List<Example>> fill(List<Example> examples, int shared) {
        List<Example> longestFirst = new ArrayList<>(examples);
        longestFirst.sort(Comparator.comparingInt(Example::length).reversed());
        List<List<Example>> filled = new ArrayList<>();
        List<Integer> room = new ArrayList<>();
        for (Example example : longestFirst) {
            if (example.length() > length) {
                throw new IllegalArgumentException(
                        "an example has %d tokens, a row holds %d".formatted(example.length(), length));
            }
            int own = example.length() - shared;
            int row = 0;
            while (row < filled.size() && room.get(row) < own) {
                row++;
            }
            if (row == filled.size()) {
                filled.add(new ArrayList<>());
                room.add(length - shared);
            }
            filled.get(row).add(example);
            room.set(row, room.get(row) - own);
        }
        return filled;
    }

    private Batch batch(List<List<Example>> filled, int shared) {
        RowWriter writer = new RowWriter(new BatchShape(filled.size(), length), shared);
        filled.forEach(writer::row);
        return writer.batch();
    }
}
