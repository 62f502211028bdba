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
    /** On no grid: it is rounded, in blocks of whatever size is fast. */
    FINER;

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
