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
 * @param device what will compute the graph
 * @param kvCacheRanges for a KV cache of int8; null = of the type that the graph computes in
 */
public record ExportOptions(
        Precision precision,
        int blockSize,
        @Nullable String name,
        ExportListener listener,
        @Nullable Calibration calibration,
        @Nullable Path adapter,
        boolean adaptable,
        TargetDevice device,
        @Nullable KvCacheRanges kvCacheRanges) {
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
        if (device == TargetDevice.CUDA && precision == Precision.FP32) {
            throw new IllegalArgumentException(
                    "fp32 for cuda: attention over a cache is computed in half precision there; choose fp16 or bf16");
        }
        if (device == TargetDevice.CPU && precision == Precision.BF16) {
            throw new IllegalArgumentException(
                    "bf16 for cpu: there are no kernels for it; choose fp16, or device cuda");
        }
        if (device == TargetDevice.CUDA && kvCacheRanges != null) {
            throw new IllegalArgumentException("a KV cache of int8 is for cpu only; leave it or cuda out");
        }
    }

    /** The only device that a precision is for, or the CPU. */
    private static TargetDevice deviceOf(Precision precision) {
        return precision == Precision.BF16 ? TargetDevice.CUDA : TargetDevice.CPU;
    }

    /** Defaults but for the precision; {@link Precision#BF16} is for {@link TargetDevice#CUDA}. */
    public static ExportOptions of(Precision precision) {
        return new ExportOptions(
                precision, DEFAULT_BLOCK_SIZE, null, ExportListener.NONE, null, null, false, deviceOf(precision), null);
    }

    public ExportOptions withBlockSize(int blockSize) {
        return new ExportOptions(
                precision, blockSize, name, listener, calibration, adapter, adaptable, device, kvCacheRanges);
    }

    public ExportOptions withName(@Nullable String name) {
        return new ExportOptions(
                precision, blockSize, name, listener, calibration, adapter, adaptable, device, kvCacheRanges);
    }

    public ExportOptions withCalibration(@Nullable Calibration calibration) {
        return new ExportOptions(
                precision, blockSize, name, listener, calibration, adapter, adaptable, device, kvCacheRanges);
    }

    public ExportOptions withAdapter(@Nullable Path adapter) {
        return new ExportOptions(
                precision, blockSize, name, listener, calibration, adapter, adaptable, device, kvCacheRanges);
    }

    public ExportOptions withAdaptable(boolean adaptable) {
        return new ExportOptions(
                precision, blockSize, name, listener, calibration, adapter, adaptable, device, kvCacheRanges);
    }

    /** For another device. @throws IllegalArgumentException if there is no such graph for it */
    public ExportOptions withDevice(TargetDevice device) {
        return new ExportOptions(
                precision, blockSize, name, listener, calibration, adapter, adaptable, device, kvCacheRanges);
    }

    /** With a KV cache of int8. */
    public ExportOptions withInt8KvCache(KvCacheRanges ranges) {
        return new ExportOptions(precision, blockSize, name, listener, calibration, adapter, adaptable, device, ranges);
    }

    public ExportOptions withListener(ExportListener listener) {
        return new ExportOptions(
                precision, blockSize, name, listener, calibration, adapter, adaptable, device, kvCacheRanges);
    }
}
