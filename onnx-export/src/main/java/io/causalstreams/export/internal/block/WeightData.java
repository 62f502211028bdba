package io.causalstreams.export.internal.block;

import io.causalstreams.export.internal.graph.ElementType;
import io.causalstreams.export.internal.graph.TensorData;
import io.causalstreams.export.internal.weight.Pieces;
import io.causalstreams.export.internal.weight.RowReader;
import io.causalstreams.export.internal.weight.Weight;
import java.nio.ByteBuffer;

/** The elements of a weight as a tensor, made of some rows at a time. */
public final class WeightData {
    private WeightData() {}

    /** Appends rows of a weight, as the tensor stores them. Threading: several threads at once, on different rows. */
    @FunctionalInterface
    public interface RowEncoder {
        /**
         * Appends {@code count} rows.
         *
         * @param first the first one's index
         * @param rows their elements, the encoder's own, to change as it likes
         */
        void encode(int first, int count, float[] rows, ByteBuffer target);
    }

    /** fp32. */
    public static TensorData floats(Weight weight) {
        return of(
                weight,
                ElementType.FLOAT,
                weight.columns(),
                (first, count, rows, target) -> TensorData.putFloats(target, rows, 0, rows.length));
    }

    /** fp16, rounded to nearest even. */
    public static TensorData halves(Weight weight) {
        return of(
                weight,
                ElementType.FLOAT16,
                weight.columns(),
                (first, count, rows, target) -> TensorData.putHalves(target, rows, 0, rows.length));
    }

    /**
     * Rows as {@code encoder} stores them.
     *
     * @param rowSize elements of the tensor that a row becomes
     */
    public static TensorData of(Weight weight, ElementType type, int rowSize, RowEncoder encoder) {
        int columns = weight.columns();
        RowReader reader = weight.open();
        return new TensorData(
                type,
                (long) weight.rows() * rowSize,
                Math.multiplyExact(Pieces.rows(columns), rowSize),
                (first, count, target) -> {
                    int row = (int) (first / rowSize);
                    int rows = count / rowSize;
                    encoder.encode(row, rows, reader.read(row, rows, columns), target);
                });
    }
}
