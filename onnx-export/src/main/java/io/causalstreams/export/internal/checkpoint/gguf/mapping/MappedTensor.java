package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.ElementReader;
import io.causalstreams.export.internal.checkpoint.StoredTensor;
import java.util.List;

/**
 * A tensor under its Hugging Face name.
 *
 * @param stored where it lies in the GGUF file
 * @param layout how it differs there
 */
public record MappedTensor(StoredTensor stored, TensorLayout layout) {

    public MappedTensor {
        long divisor = layout instanceof TensorLayout.RotaryPairs pairs
                ? 2L * pairs.heads()
                : layout instanceof TensorLayout.QkvByHead qkv ? 3L * qkv.heads() : 1;
        if (stored.shape().isEmpty() || divisor == 0 || stored.shape().get(0) % divisor != 0) {
            throw new CheckpointException(stored.source().name() + ": tensor " + stored.name() + " has the shape "
                    + stored.shape() + ", which does not fit the head counts of the metadata; convert the model again");
        }
    }

    public List<Long> shape() {
        List<Long> shape = stored.shape();
        return layout instanceof TensorLayout.Transposed && shape.size() == 2
                ? List.of(shape.get(1), shape.get(0))
                : shape;
    }

    /** All elements as Hugging Face has them. */
    public float[] read() {
        float[] values = new float[stored.requireArray()];
        open().read(0, values.length, values, 0);
        return values;
    }

    /** Reads rows as Hugging Face has them; of a transposed matrix, holds the whole of it. */
    public ElementReader open() {
        if (layout instanceof TensorLayout.PlusOne) {
            return (first, count, target, offset) -> {
                stored.read(first, count, target, offset);
                for (int i = offset; i < offset + count; i++) {
                    target[i] -= 1;
                }
            };
        }
        if (layout instanceof TensorLayout.Transposed && stored.shape().size() == 2) {
            float[] all = transpose(stored.read());
            return (first, count, target, offset) -> System.arraycopy(all, (int) first, target, offset, count);
        }
        if (layout instanceof TensorLayout.Rows order) {
            int rows = rows();
            int columns = (int) (stored.elements() / rows);
            return (first, count, target, offset) -> {
                int row = (int) (first / columns);
                for (int i = 0; i < count / columns; i++) {
                    long from = (long) order.storedRow(row + i, rows) * columns;
                    stored.read(from, columns, target, offset + i * columns);
                }
            };
        }
        return stored::read;
    }

    private float[] transpose(float[] values) {
        int storedRows = rows();
        int storedColumns = values.length / storedRows;
        float[] transposed = new float[values.length];
        for (int row = 0; row < storedRows; row++) {
            for (int column = 0; column < storedColumns; column++) {
                transposed[column * storedRows + row] = values[row * storedColumns + column];
            }
        }
        return transposed;
    }

    private int rows() {
        return Math.toIntExact(stored.shape().get(0));
    }
}
