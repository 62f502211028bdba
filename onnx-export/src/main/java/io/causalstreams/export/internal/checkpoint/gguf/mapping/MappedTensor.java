package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.QuantizedTensor;
import io.causalstreams.export.internal.checkpoint.StoredTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

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

    /** All elements as Hugging Face has them; needs memory for the tensor twice when elements move. */
    public float[] read() {
        float[] values = stored.read();
        if (layout instanceof TensorLayout.PlusOne) {
            for (int i = 0; i < values.length; i++) {
                values[i] -= 1;
            }
            return values;
        }
        if (layout instanceof TensorLayout.Transposed && stored.shape().size() == 2) {
            return transpose(values);
        }
        if (layout instanceof TensorLayout.Rows order) {
            float[] moved = new float[values.length];
            int rows = rows();
            int columns = values.length / rows;
            for (int row = 0; row < rows; row++) {
                System.arraycopy(values, order.storedRow(row, rows) * columns, moved, row * columns, columns);
            }
            return moved;
        }
        return values;
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

    /** The stored blocks in Hugging Face's order of rows, or empty if the layout does not keep rows whole. */
    public Optional<QuantizedTensor> quantized() {
        if (stored.bytes() > Integer.MAX_VALUE - 8) {
            return Optional.empty();
        }
        if (layout instanceof TensorLayout.AsStored) {
            return Optional.of(new QuantizedTensor(stored.type(), stored.shape(), bytes()));
        }
        if (layout instanceof TensorLayout.Rows order) {
            ByteBuffer blocks = bytes();
            ByteBuffer moved = ByteBuffer.allocate(blocks.capacity()).order(ByteOrder.LITTLE_ENDIAN);
            int rows = rows();
            int rowBytes = blocks.capacity() / rows;
            for (int row = 0; row < rows; row++) {
                moved.put(row * rowBytes, blocks, order.storedRow(row, rows) * rowBytes, rowBytes);
            }
            return Optional.of(new QuantizedTensor(stored.type(), stored.shape(), moved));
        }
        return Optional.empty();
    }

    private ByteBuffer bytes() {
        ByteBuffer bytes = ByteBuffer.allocate((int) stored.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        stored.source().read(stored.offset(), bytes);
        return bytes.flip();
    }

    private int rows() {
        return Math.toIntExact(stored.shape().get(0));
    }
}
