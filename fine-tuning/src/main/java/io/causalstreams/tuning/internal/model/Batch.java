package io.causalstreams.tuning.internal.model;

import io.causalstreams.tuning.internal.graph.BatchShape;
import java.util.Arrays;

/**
 * Tokens that go through the model together, several examples to a row, and what is asked about them.
 *
 * <p>Token t of row r has index r · length + t. Where {@code segments} differ, tokens do not see each other, except that all of a row
 * see those before them that are {@link #SHARED}.
 */
public final class Batch {
    /** The segment of what all examples of a row begin with. */
    public static final int SHARED = -2;
    /** The segment of what belongs to no example. */
    public static final int PADDING = -1;

    private static final float HIDDEN = -1e9f;

    private final BatchShape shape;
    private final int[] tokens;
    private final int[] positions;
    private final int[] segments;
    private final int[] places;
    private final int[] labels;

    /**
     * Takes the arrays as they are.
     *
     * @param tokens of all rows
     * @param positions of the tokens within their examples
     * @param segments examples, by any number from 0 that is theirs in the row; {@link #SHARED}; or {@link #PADDING}
     * @param places indices of tokens whose next token is predicted
     * @param labels what follows each of them
     */
    public Batch(BatchShape shape, int[] tokens, int[] positions, int[] segments, int[] places, int[] labels) {
        if (tokens.length != shape.tokens() || places.length != labels.length) {
            throw new IllegalArgumentException("%d tokens for %s, %d places for %d labels"
                    .formatted(tokens.length, shape, places.length, labels.length));
        }
        this.shape = shape;
        this.tokens = tokens.clone();
        this.positions = positions.clone();
        this.segments = segments.clone();
        this.places = places.clone();
        this.labels = labels.clone();
    }

    public BatchShape shape() {
        return shape;
    }

    /** How many tokens are predicted. */
    public int predicted() {
        return places.length;
    }

    int token(int index) {
        return tokens[index];
    }

    int position(int index) {
        return positions[index];
    }

    int place(int index) {
        return places[index];
    }

    int label(int index) {
        return labels[index];
    }

    long[] positionIds() {
        return Arrays.stream(positions).asLongStream().toArray();
    }

    /**
     * What is added to scores, (rows, 1, length, length): 0 where the query's token sees the key's, else a number whose
     * exponential is 0.
     *
     * @param window keys that a query sees, itself included; 0 = all before it
     */
    float[] mask(int window) {
        int length = shape.length();
        float[] mask = new float[shape.tokens() * length];
        Arrays.fill(mask, HIDDEN);
        for (int index = 0; index < shape.tokens(); index++) {
            int row = index / length * length;
            for (int key = row; key <= index; key++) {
                if (sees(index, key, window)) {
                    mask[index * length + key - row] = 0;
                }
            }
        }
        return mask;
    }

    private boolean sees(int index, int key, int window) {
        boolean together = segments[key] == segments[index] || segments[key] == SHARED;
        return together && (window == 0 || positions[index] - positions[key] < window);
    }
}
