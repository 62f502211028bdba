package io.causalstreams.export.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Held while a repository is downloaded: by one thread of this process, and by one process of this machine. */
final class RepositoryLock implements AutoCloseable {

    /** File locks belong to the whole process, so threads need their own. */
    private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    private final ReentrantLock threads;
    private final FileChannel channel;
    private final FileLock process;

    private RepositoryLock(ReentrantLock threads, FileChannel channel, FileLock process) {
        this.threads = threads;
        this.channel = channel;
        this.process = process;
    }

    /** Waits for whoever holds it. */
    static RepositoryLock take(Path cache, Repository repository) throws IOException, InterruptedException {
        Path file = cache.resolve(".locks").resolve(repository.folder()).resolve("causal-streams.lock");
        Files.createDirectories(file.resolveSibling(""));
        ReentrantLock threads = THREADS.computeIfAbsent(file.toAbsolutePath(), path -> new ReentrantLock());
        threads.lockInterruptibly();
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            return new RepositoryLock(threads, channel, channel.lock());
        } catch (IOException | RuntimeException e) {
            threads.unlock();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            process.release();
            channel.close();
        } finally {
            threads.unlock();
        }
    }
}
