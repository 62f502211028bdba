package io.causalstreams.export;

import org.jspecify.annotations.Nullable;

/**
 * How to export.
 *
 * @param precision arithmetic of the graph
 * @param name the model's name in events and metadata; null = the checkpoint's own
 * @param listener hears the progress
 */
public record ExportOptions(Precision precision, @Nullable String name, ExportListener listener) {

    /** Defaults but for the precision. */
    public static ExportOptions of(Precision precision) {
        return new ExportOptions(precision, null, ExportListener.NONE);
    }

    public ExportOptions withName(@Nullable String name) {
        return new ExportOptions(precision, name, listener);
    }

    public ExportOptions withListener(ExportListener listener) {
        return new ExportOptions(precision, name, listener);
    }
}
