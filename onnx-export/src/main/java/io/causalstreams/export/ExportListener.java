package io.causalstreams.export;

/**
 * Receives how far an export is.
 *
 * <p>Threading: called by the exporting thread; a slow listener slows the export.
 */
@FunctionalInterface
public interface ExportListener {

    /** Ignores everything. */
    ExportListener NONE = (bytesWritten, totalBytes) -> {};

    /**
     * Called after every piece of a weight, some hundred thousand elements.
     *
     * @param bytesWritten bytes of weights in the output so far
     * @param totalBytes bytes of weights that there will be; an estimate until the last weight is written
     */
    void onProgress(long bytesWritten, long totalBytes);
}
