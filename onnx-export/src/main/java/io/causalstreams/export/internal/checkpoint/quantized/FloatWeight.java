package io.causalstreams.export.internal.checkpoint.quantized;

/**
 * Small floating-point numbers with scales: w = q · scale.
 *
 * @param tiles which elements share a scale
 * @param codes q
 * @param scales one a tile
 */
record FloatWeight(Tiles tiles, RawTensor codes, RawTensor scales) implements PackedWeight {

    @Override
    public long[] shape() {
        return new long[] {tiles.rows, tiles.columns};
    }

    @Override
    public float[] read() {
        float[] elements = codes.floats();
        float[] scale = scales.floats();
        for (int row = 0, i = 0; row < tiles.rows; row++) {
            int first = tiles.firstOf(row);
            for (int column = 0; column < tiles.columns; column++, i++) {
                elements[i] *= scale[first + tiles.groupOf(column)];
            }
        }
        return elements;
    }
}
