package io.causalstreams.tuning.internal.data;

import io.causalstreams.tuning.internal.graph.BatchShape;
import io.causalstreams.tuning.internal.model.Batch;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Writes examples into the rows of a batch: what they share, then what is each one's own, then padding. One thread. */
final class RowWriter {
    private final BatchShape shape;
    private final int shared;
    private final int[] tokens;
    private final int[] positions;
    private final int[] segments;
    private final IntStream.Builder places = IntStream.builder();
    private final IntStream.Builder labels = IntStream.builder();
    private int next;

    /** @param shared how many tokens all examples begin with, none of them predicted */
    RowWriter(BatchShape shape, int shared) {
        this.shape = shape;
        this.shared = shared;
        this.tokens = new int[shape.tokens()];
        this.positions = new int[shape.tokens()];
        this.segments = new int[shape.tokens()];
        Arrays.fill(segments, Batch.PADDING);
    }

    /** Fills the next row. */
    void row(List<Example> examples) {
        int row = next;
        write(examples.get(0), 0, shared, Batch.SHARED);
        for (int segment = 0; segment < examples.size(); segment++) {
            Example example = examples.get(segment);
            int before = next - shared;
            write(example, shared, example.length(), segment);
            for (int i = example.prompt(); i < example.length(); i++) {
                places.add((i == shared ? row : before) + i - 1);
                labels.add(example.token(i));
            }
        }
        next = row + shape.length();
    }

    private void write(Example example, int from, int to, int segment) {
        for (int i = from; i < to; i++) {
            tokens[next] = example.token(i);
            positions[next] = i;
            segments[next++] = segment;
        }
    }

    Batch batch() {
        return new Batch(
                shape,
                tokens,
                positions,
                segments,
                places.build().toArray(),
                labels.build().toArray());
    }
}
