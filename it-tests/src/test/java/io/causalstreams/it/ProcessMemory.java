package io.causalstreams.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What this process holds when nothing runs, on Linux.
 *
 * @param rssKib resident memory, native and heap
 * @param heapKib live objects
 */
record ProcessMemory(long rssKib, long heapKib) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int READINGS = 5;

    static boolean canBeRead() {
        return Files.exists(STATUS);
    }

    /**
     * After a full collection. G1 gives the heap that it no longer needs back to the system in the background, 0.1 to
     * 0.2 s later, and until then it is resident: up to 159 MiB. So the lowest reading of half a second counts.
     */
    static ProcessMemory afterCollection() throws IOException, InterruptedException {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        long heap = runtime.totalMemory() - runtime.freeMemory();
        long lowest = Long.MAX_VALUE;
        for (int i = 0; i < READINGS; i++) {
            TimeUnit.MILLISECONDS.sleep(100);
            lowest = Math.min(lowest, residentKib());
        }
        return new ProcessMemory(lowest, heap >> 10);
    }

    /** The lowest of each. */
    static ProcessMemory floor(List<ProcessMemory> readings) {
        return new ProcessMemory(
                readings.stream().mapToLong(ProcessMemory::rssKib).min().orElseThrow(),
                readings.stream().mapToLong(ProcessMemory::heapKib).min().orElseThrow());
    }

    private static long residentKib() throws IOException {
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException(STATUS + " has no VmRSS");
    }
}
