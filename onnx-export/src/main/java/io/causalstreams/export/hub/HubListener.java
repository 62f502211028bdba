package io.causalstreams.export.hub;

/**
 * Receives how far a download is.
 *
 * <p>Threading: called by the downloading threads, one at a time; a slow listener slows the download.
 */
@FunctionalInterface
public interface HubListener {

    /** Ignores everything. */
    HubListener NONE = (doneBytes, totalBytes) -> {};

    /**
     * Called about once a megabyte and at the end.
     *
     * @param doneBytes bytes of all files that are on disk, those of earlier attempts included
     * @param totalBytes bytes of all files
     */
    void onProgress(long doneBytes, long totalBytes);
}
