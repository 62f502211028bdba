package io.causalstreams.inference.internal.model;

import java.nio.FloatBuffer;

/**
 * Rows of logits, shape (rows, vocabulary), fp32, row-major.
 *
 * <p>A view over memory of the model, valid until its next call.
 */
public record Logits(FloatBuffer buffer, int rows, int vocabulary) {

    /** Copies row {@code row} into {@code target[0..vocabulary)}. */
    public void copyRow(int row, float[] target) {
        buffer.get(row * vocabulary, target, 0, vocabulary);
    }
}
