package io.causalstreams.export.hub;

import java.util.HashMap;
import java.util.Map;

/**
 * Adds up the bytes of all files and reports to the listener, about once a megabyte.
 *
 * <p>Threading: called by all downloading threads.
 */
final class DownloadProgress {

    private static final long STEP_BYTES = 1 << 20;

    private final HubListener listener;
    private final long totalBytes;
    private final Map<String, Long> bytesOf = new HashMap<>();
    private long reported = -1;

    DownloadProgress(HubListener listener, long totalBytes) {
        this.listener = listener;
        this.totalBytes = totalBytes;
    }

    /** {@code bytes} of the file are on disk now; fewer than before when it starts again. */
    synchronized void set(String name, long bytes) {
        bytesOf.put(name, bytes);
        long done = bytesOf.values().stream().mapToLong(Long::longValue).sum();
        if (Math.abs(done - reported) >= STEP_BYTES || done == totalBytes) {
            reported = done;
            listener.onProgress(done, totalBytes);
        }
    }
}
