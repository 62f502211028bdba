package io.causalstreams.tuning.internal.model;

import io.causalstreams.export.internal.weight.Pieces;
import io.causalstreams.export.internal.weight.RowReader;
import io.causalstreams.export.internal.weight.Weight;
import java.nio.FloatBuffer;

/**
 * A matrix in few bits: each block of {@value #BLOCK} weights has a scale, its largest magnitude, and each weight the number of
 * the nearest level of a codebook.
 *
 * <pre>
 *   w ≈ scale · level[number]        levels from -1 to 1: 255 (eight bits) or 16 (four bits, two to a byte)
 * </pre>
 *
 * NF4's levels are those of bitsandbytes (Dettmers et al., QLoRA, arXiv 2305.14314, appendix E).
 */
final class BlockQuantised {
    static final int BLOCK = 64;

    private static final float[] NF4 = {
        -1.0f,
        -0.6961928f,
        -0.52507305f,
        -0.3949175f,
        -0.28444138f,
        -0.18477343f,
        -0.091050036f,
        0.0f,
        0.0795803f,
        0.1609302f,
        0.2461123f,
        0.33791524f,
        0.44070983f,
        0.562617f,
        0.72295684f,
        1.0f
    };

    private final int rows;
    private final int columns;
    private final float[] levels;
    private final byte[] numbers;
    private final float[] scales;

    private BlockQuantised(int rows, int columns, float[] levels) {
        this.rows = rows;
        this.columns = columns;
        this.levels = levels;
        this.numbers = new byte[rows * rowBytes()];
        this.scales = new float[rows * rowBlocks()];
    }

    static BlockQuantised of(Weight weight, FrozenStorage storage) {
        BlockQuantised result = new BlockQuantised(weight.rows(), weight.columns(), levels(storage));
        RowReader reader = weight.open();
        Pieces.forEach(weight.rows(), weight.columns(), (first, count) -> {
            float[] piece = reader.read(first, count, weight.columns());
            for (int row = 0; row < count; row++) {
                result.quantise(piece, row * weight.columns(), first + row);
            }
        });
        return result;
    }

    /** Writes all weights, row-major. */
    void unpack(FloatBuffer target) {
        Pieces.forEach(rows, columns, (first, count) -> {
            float[] row = new float[columns];
            for (int r = first; r < first + count; r++) {
                unpackRow(r, row);
                target.put(r * columns, row);
            }
        });
    }

    private void unpackRow(int r, float[] row) {
        int bytes = r * rowBytes();
        for (int c = 0; c < columns; c++) {
            row[c] = scales[r * rowBlocks() + c / BLOCK] * levels[number(bytes, c)];
        }
    }

    private int number(int bytes, int column) {
        return fourBits() ? numbers[bytes + column / 2] >> (column % 2 * 4) & 15 : numbers[bytes + column] & 255;
    }

    private void quantise(float[] w, int offset, int row) {
        for (int begin = 0; begin < columns; begin += BLOCK) {
            int end = Math.min(columns, begin + BLOCK);
            float largest = 0;
            for (int c = begin; c < end; c++) {
                largest = Math.max(largest, Math.abs(w[offset + c]));
            }
            scales[row * rowBlocks() + begin / BLOCK] = largest;
            for (int c = begin; c < end; c++) {
                int number = largest == 0 ? 0 : nearest(w[offset + c] / largest);
                if (fourBits()) {
                    numbers[row * rowBytes() + c / 2] |= (byte) (number << (c % 2 * 4));
                } else {
                    numbers[row * rowBytes() + c] = (byte) number;
                }
            }
        }
    }

    private int nearest(float x) {
        int low = 0;
        int high = levels.length - 1;
        while (high - low > 1) {
            int middle = (low + high) / 2;
            if (levels[middle] <= x) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return x - levels[low] <= levels[high] - x ? low : high;
    }

    private boolean fourBits() {
        return levels.length == 16;
    }

    private int rowBytes() {
        return fourBits() ? (columns + 1) / 2 : columns;
    }

    private int rowBlocks() {
        return (columns + BLOCK - 1) / BLOCK;
    }

    private static float[] levels(FrozenStorage storage) {
        return switch (storage) {
            case INT8 -> even(127, 255);
            // Eight levels below zero, seven above: the largest magnitude is exact on one side only.
            case INT4 -> even(8, 16);
            case NF4 -> NF4;
            case FP32 -> throw new IllegalArgumentException("fp32 has no levels");
        };
    }

    private static float[] even(int below, int count) {
        float[] levels = new float[count];
        for (int i = 0; i < count; i++) {
            levels[i] = (float) (i - below) / below;
        }
        return levels;
    }
}
