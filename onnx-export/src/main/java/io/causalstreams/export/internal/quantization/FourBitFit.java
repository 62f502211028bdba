package io.causalstreams.export.internal.quantization;

import io.causalstreams.export.internal.weight.Pieces;
import io.causalstreams.export.internal.weight.RowReader;
import io.causalstreams.export.internal.weight.Weight;

/** How well four bits hold a matrix, see {@link FourBitBlocks}. */
enum FourBitFit {
    /** On a grid without offsets; blocks that have more values than four bits can hold are rounded. */
    PLAIN,
    /** As {@link #PLAIN}, with an offset in some blocks. */
    WITH_OFFSETS,
    /** It is on another grid of four bits, with uneven steps (such as IQ4_NL): an even one would lose much. */
    UNEVEN,
    /** On no grid: all of it is rounded, and no block has to be looked at once more. */
    FINER;

    /** Elements that are looked at in full. */
    private static final long SMALL = 1 << 20;
    /** Of a large matrix, one row of so many is looked at. */
    private static final int STRIDE = 16;

    /**
     * Looks at blocks of rows that are whole blocks: all of a small matrix, every {@value #STRIDE}th row of a large one, which
     * has thousands of blocks in them. A tool that rounds to four bits does so with all blocks of a matrix, and where it
     * gives offsets, nearly all have one.
     */
    static FourBitFit of(Weight weight) {
        int columns = weight.columns();
        int stride = (long) weight.rows() * columns <= SMALL ? 1 : STRIDE;
        Findings findings = new Findings();
        RowReader reader = weight.open();
        Pieces.forEach((weight.rows() + stride - 1) / stride, columns, (first, count) -> {
            for (int row = first; row < first + count && !findings.decided(); row++) {
                findings.look(reader.read(row * stride, 1, columns));
            }
        });
        return findings.fit();
    }

    /** What was seen; written by several threads, and never taken back. */
    private static final class Findings {
        /** A block has more values than four bits can hold. */
        private volatile boolean finer;
        /** A block has few values that lie on no grid. */
        private volatile boolean uneven;
        /** A block is on a grid, and does not hold one value only. */
        private volatile boolean onGrid;
        /** A block's grid does not hold zero. */
        private volatile boolean offsets;

        /** Whether nothing can change the result any more. */
        boolean decided() {
            return finer && offsets;
        }

        void look(float[] blocks) {
            for (int offset = 0; offset < blocks.length && !decided(); offset += FourBitGrid.BLOCK) {
                FourBitGrid grid = FourBitGrid.ofBlock(blocks, offset);
                if (grid == null) {
                    // Counting values takes longer than looking for a grid, and one finer block is enough.
                    if (!finer) {
                        boolean many = FourBitGrid.distinct(blocks, offset).length > FourBitGrid.MAX + 1;
                        finer |= many;
                        uneven |= !many;
                    }
                } else if (grid.step() > 0) {
                    onGrid = true;
                    offsets |= grid.reachesZero() && grid.offset() != 0;
                }
            }
        }

        FourBitFit fit() {
            if (uneven && !finer) {
                return UNEVEN;
            }
            if (finer && !onGrid) {
                return FINER;
            }
            return offsets ? WITH_OFFSETS : PLAIN;
        }
    }
}
