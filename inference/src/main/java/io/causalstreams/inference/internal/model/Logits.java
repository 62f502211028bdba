package io.causalstreams.inference.internal.model;

import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Rows of logits, shape (rows, vocabulary), fp32, row-major.
 *
 * <p>A view over memory of the model, valid until its next call.
 *
 * @param buffer has all rows, or those that were copied
 * @param best where rows are fetched as they are copied, what is known of them without; null = all are there
 */
public record Logits(
        FloatBuffer buffer,
        int rows,
        int vocabulary,
        @Nullable BestTokens best) {

    /** All rows are in {@code buffer}. */
    public Logits(FloatBuffer buffer, int rows, int vocabulary) {
        this(buffer, rows, vocabulary, null);
    }

    /** Copies row {@code row} into {@code target[0..vocabulary)}. Any thread, each row by one. */
    public void copyRow(int row, float[] target) {
        if (best != null) {
            best.fetch().accept(row);
        }
        buffer.get(row * vocabulary, target, 0, vocabulary);
    }
}
