package io.causalstreams.app.internal.models;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Mutual exclusion between processes, and between threads of this one (the operating system's locks belong to the whole
 * process). Freed by the operating system when its owner dies.
 */
final class FileLock {
    private static final Map<Path, ReentrantLock> IN_THIS_PROCESS = new ConcurrentHashMap<>();

    private final Path file;
    private final ReentrantLock threads;

    FileLock(Path file) {
        this.file = file.toAbsolutePath().normalize();
        this.threads = IN_THIS_PROCESS.computeIfAbsent(this.file, path -> new ReentrantLock());
    }

    /** What is done under the lock. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException;
    }

    /** Runs {@code work} when the lock is free; before that {@code onWait}, once, if it is not free at once. */
    <T> T whileHeld(Runnable onWait, Work<T> work) throws IOException {
        boolean waits = !threads.tryLock();
        if (waits) {
            onWait.run();
            threads.lock();
        }
        try {
            return whileHeldByProcess(waits ? () -> {} : onWait, work);
        } finally {
            threads.unlock();
        }
    }

    private <T> T whileHeldByProcess(Runnable onWait, Work<T> work) throws IOException {
        Files.createDirectories(file.resolveSibling("."));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (channel.tryLock() == null) {
                onWait.run();
                channel.lock();
            }
            return work.run();
        }
    }
}
