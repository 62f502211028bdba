package io.causalstreams.tuning.internal.data;

import io.causalstreams.tuning.internal.graph.BatchShape;
import io.causalstreams.tuning.internal.model.Batch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Puts short examples one behind the other into rows of one length.
 *
 * <pre>
 *   row 0   a a a a a a a b b b b . .        tokens of b do not see a, and its positions begin at 0
 *   row 1   c c c c c c c c c d d d .
 * </pre>
 *
 * The longest go first, each into the first row that has room (first-fit decreasing, at most 11/9 of the fewest rows). The same
 * examples give the same batches.
 *
 * @param length of a row
 * @param rows of a batch, at most
 */
public record Packing(int length, int rows) {

    /** All examples, in batches that differ by one row at most. @throws IllegalArgumentException if one is longer than a row */
    public List<Batch> pack(List<Example> examples) {
        List<List<Example>> filled = fill(examples);
        int batches = (filled.size() + rows - 1) / rows;
        List<Batch> result = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            result.add(batch(filled.subList(i * filled.size() / batches, (i + 1) * filled.size() / batches)));
        }
        return result;
    }

    private List<List<Example>> fill(List<Example> examples) {
        List<Example> longestFirst = new ArrayList<>(examples);
        longestFirst.sort(Comparator.comparingInt(Example::length).reversed());
        List<List<Example>> filled = new ArrayList<>();
        List<Integer> room = new ArrayList<>();
        for (Example example : longestFirst) {
            if (example.length() > length) {
                throw new IllegalArgumentException(
                        "an example has %d tokens, a row holds %d".formatted(example.length(), length));
            }
            int row = 0;
            while (row < filled.size() && room.get(row) < example.length()) {
                row++;
            }
            if (row == filled.size()) {
                filled.add(new ArrayList<>());
                room.add(length);
            }
            filled.get(row).add(example);
            room.set(row, room.get(row) - example.length());
        }
        return filled;
    }

    private Batch batch(List<List<Example>> filled) {
        BatchShape shape = new BatchShape(filled.size(), length);
        int[] tokens = new int[shape.tokens()];
        int[] positions = new int[shape.tokens()];
        int[] segments = new int[shape.tokens()];
        int predicted = filled.stream()
                .flatMap(List::stream)
                .mapToInt(Example::predicted)
                .sum();
        int[] places = new int[predicted];
        int[] labels = new int[predicted];
        int next = 0;
        for (int row = 0; row < filled.size(); row++) {
            int at = row * length;
            int segment = 0;
            for (Example example : filled.get(row)) {
                for (int i = 0; i < example.length(); i++) {
                    tokens[at + i] = example.token(i);
                    positions[at + i] = i;
                    segments[at + i] = segment;
                }
                for (int i = example.prompt(); i < example.length(); i++) {
                    places[next] = at + i - 1;
                    labels[next++] = example.token(i);
                }
                at += example.length();
                segment++;
            }
            for (; at < (row + 1) * length; at++) {
                segments[at] = -1;
            }
        }
        return new Batch(shape, tokens, positions, segments, places, labels);
    }
}
