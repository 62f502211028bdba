package io.causalstreams.export.internal.checkpoint.quantized;

import java.util.function.Supplier;

/**
 * Integers on even steps: w = scale · (q - zero point).
 *
 * @param tiles which elements share scale and zero point
 * @param codes q, row-major, 0 to 255 (unsigned)
 * @param scales one a tile
 * @param zeroPoints one a tile, on the scale of the codes
 */
record IntegerWeight(Tiles tiles, Supplier<byte[]> codes, Supplier<float[]> scales, Supplier<int[]> zeroPoints)
        implements PackedWeight {

    @Override
    public long[] shape() {
        return new long[] {tiles.rows, tiles.columns};
    }

    @Override
    public float[] read() {
        byte[] q = codes.get();
        float[] scale = scales.get();
        int[] zero = zeroPoints.get();
        float[] elements = new float[tiles.elements()];
        for (int row = 0, i = 0; row < tiles.rows; row++) {
            int first = tiles.firstOf(row);
            for (int column = 0; column < tiles.columns; column++, i++) {
                int tile = first + tiles.groupOf(column);
                elements[i] = ((q[i] & 0xff) - zero[tile]) * scale[tile];
            }
        }
        return elements;
    }
}
