package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.weight.Pieces;
import io.causalstreams.export.internal.weight.RowReader;
import io.causalstreams.export.internal.weight.Weight;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How well four bits hold a matrix, see {@link FourBitBlocks}. */
enum FourBitFit {
    /** Without offsets: exactly, or rounded where a block has more values than four bits can hold. */
    PLAIN,
    /** As {@link #PLAIN}, with an offset in some blocks. */
    WITH_OFFSETS,
    /** It is on another grid of four bits, with uneven steps (such as IQ4_NL): an even one would lose much. */
    UNEVEN;

    /** Looks at all blocks of rows that are whole blocks. */
    static FourBitFit of(Weight weight) {
        Findings findings = new Findings();
        RowReader reader = weight.open();
        Pieces.forEach(weight.rows(), weight.columns(), (first, count) -> {
            if (!findings.decided()) {
                findings.look(reader.read(first, count, weight.columns()));
            }
        });
        return findings.fit();
    }

    /**
     * The grid of a block, or null if it has none.
     *
     * @param offset the block's first element
     */
    static @Nullable FourBitGrid grid(float[] matrix, int offset) {
        return FourBitGrid.possible(matrix, offset, FourBitBlocks.BLOCK)
                ? FourBitGrid.of(distinct(matrix, offset))
                : null;
    }

    /** The different values of a block, ascending; what differs by rounding of single precision is one value. */
    private static float[] distinct(float[] matrix, int offset) {
        float[] values = Arrays.copyOfRange(matrix, offset, offset + FourBitBlocks.BLOCK);
        Arrays.sort(values);
        float tolerance = Math.max(Math.abs(values[0]), Math.abs(values[values.length - 1])) * 1e-6f;
        int count = 1;
        for (int i = 1; i < values.length; i++) {
            if (values[i] - values[count - 1] > tolerance) {
                values[count++] = values[i];
            }
        }
        return Arrays.copyOf(values, count);
    }

    /** What was seen; written by several threads, and never taken back. */
    private static final class Findings {
        /** A block has more values than four bits can hold. */
        private volatile boolean finer;
        /** A block has few values that lie on no grid. */
        private volatile boolean uneven;
        /** A block's grid does not hold zero. */
        private volatile boolean offsets;

        /** Whether nothing can change the result any more. */
        boolean decided() {
            return finer && offsets;
        }

        void look(float[] blocks) {
            for (int offset = 0; offset < blocks.length && !decided(); offset += FourBitBlocks.BLOCK) {
                FourBitGrid grid = grid(blocks, offset);
                if (grid == null) {
                    // Counting values takes longer than looking for a grid, and one finer block is enough.
                    if (!finer) {
                        boolean many = distinct(blocks, offset).length > FourBitGrid.MAX + 1;
                        finer |= many;
                        uneven |= !many;
                    }
                } else if (grid.reachesZero() && grid.offset() != 0) {
                    offsets = true;
                }
            }
        }

        FourBitFit fit() {
            if (uneven && !finer) {
                return UNEVEN;
            }
            return offsets ? WITH_OFFSETS : PLAIN;
        }
    }
}
