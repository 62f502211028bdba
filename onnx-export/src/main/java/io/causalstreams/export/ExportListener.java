package io.causalstreams.export;

/**
 * Hears how far an export is.
 *
 * <p>Threading: called by the exporting thread; a slow listener slows the export.
 */
@FunctionalInterface
public interface ExportListener {

    /** Hears nothing. */
    ExportListener NONE = (bytesWritten, totalBytes) -> {};

    /**
     * Called after every weight.
     *
     * @param bytesWritten bytes of weights in the output so far
     * @param totalBytes bytes of weights that there will be
     */
    void onProgress(long bytesWritten, long totalBytes);
}
