package io.causalstreams.export;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How to export.
 *
 * @param precision arithmetic of the graph
 * @param name the model's name in events and metadata; null = the checkpoint's own
 * @param listener receives the progress
 * @param adapter directory of a LoRA adapter that is added to the weights; null = none
 * @param calibration keeps the divergence from fp32 within a limit; null = the precision as it is
 */
public record ExportOptions(
        Precision precision,
        @Nullable String name,
        ExportListener listener,
        @Nullable Calibration calibration,
        @Nullable Path adapter) {

    /** Defaults but for the precision. */
    public static ExportOptions of(Precision precision) {
        return new ExportOptions(precision, null, ExportListener.NONE, null, null);
    }

    public ExportOptions withName(@Nullable String name) {
        return new ExportOptions(precision, name, listener, calibration, adapter);
    }

    public ExportOptions withCalibration(@Nullable Calibration calibration) {
        return new ExportOptions(precision, name, listener, calibration, adapter);
    }

    public ExportOptions withAdapter(@Nullable Path adapter) {
        return new ExportOptions(precision, name, listener, calibration, adapter);
    }

    public ExportOptions withListener(ExportListener listener) {
        return new ExportOptions(precision, name, listener, calibration, adapter);
    }
}
