package io.causalstreams.export;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How to export.
 *
 * @param precision arithmetic of the graph
 * @param blockSize inputs that share a step in {@link Precision#INT4}, 32, 64 or 128, of weights that are on no grid of four bits
 *     already. Larger blocks are faster and less exact
 * @param name the model's name in events and metadata; null = the checkpoint's own
 * @param listener receives the progress
 * @param adapter directory of a LoRA adapter that is added to the weights; null = none
 * @param calibration keeps the divergence from fp32 within a limit; null = the precision as it is
 * @param adaptable whether the graph takes adapters when it runs, see {@link AdapterConversion}
 */
public record ExportOptions(
        Precision precision,
        int blockSize,
        @Nullable String name,
        ExportListener listener,
        @Nullable Calibration calibration,
        @Nullable Path adapter,
        boolean adaptable) {
    /** Of {@link Precision#INT4}, where nobody asks for another. */
    public static final int DEFAULT_BLOCK_SIZE = 32;

    private static final Set<Integer> BLOCK_SIZES = Set.of(DEFAULT_BLOCK_SIZE, 64, 128);

    /** @throws IllegalArgumentException for another block size, or one that the precision does not have */
    public ExportOptions {
        if (!BLOCK_SIZES.contains(blockSize)) {
            throw new IllegalArgumentException("blocks of " + blockSize + " inputs; there are 32, 64 and 128");
        }
        if (blockSize != DEFAULT_BLOCK_SIZE && precision != Precision.INT4) {
            throw new IllegalArgumentException("blocks of " + blockSize + " inputs in " + precision.id()
                    + "; their size can be chosen with int4 only");
        }
        if (adaptable && calibration != null) {
            throw new IllegalArgumentException(
                    "a graph that takes adapters cannot be calibrated; leave one of the two out");
        }
    }

    /** Defaults but for the precision. */
    public static ExportOptions of(Precision precision) {
        return new ExportOptions(precision, DEFAULT_BLOCK_SIZE, null, ExportListener.NONE, null, null, false);
    }

    public ExportOptions withBlockSize(int blockSize) {
        return new ExportOptions(precision, blockSize, name, listener, calibration, adapter, adaptable);
    }

    public ExportOptions withName(@Nullable String name) {
        return new ExportOptions(precision, blockSize, name, listener, calibration, adapter, adaptable);
    }

    public ExportOptions withCalibration(@Nullable Calibration calibration) {
        return new ExportOptions(precision, blockSize, name, listener, calibration, adapter, adaptable);
    }

    public ExportOptions withAdapter(@Nullable Path adapter) {
        return new ExportOptions(precision, blockSize, name, listener, calibration, adapter, adaptable);
    }

    public ExportOptions withAdaptable(boolean adaptable) {
        return new ExportOptions(precision, blockSize, name, listener, calibration, adapter, adaptable);
    }

    public ExportOptions withListener(ExportListener listener) {
        return new ExportOptions(precision, blockSize, name, listener, calibration, adapter, adaptable);
    }
}
