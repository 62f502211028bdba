package io.causalstreams.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A directory that is filled beside its final place and moved there when it is complete, so that a crash never leaves half a
 * directory that looks whole. Closed without a move, or when the JVM exits before, it disappears; what a killed process left
 * is removed by the next one that asks for the same place.
 *
 * <pre>
 *   .name.export-…/         being filled; its file {@value #LOCK} is locked as long as its process lives
 *   .name.old-…/            what the complete one replaces, on its way out
 * </pre>
 */
final class StagingDirectory implements AutoCloseable {
    private static final int ATTEMPTS = 10;
    /** Is gone when the directory gets its name. */
    static final String LOCK = "export.lock";
    /** Without a lock it may have been made a moment ago, or be about to be moved. */
    private static final Duration UNLOCKED_AGE = Duration.ofDays(1);

    private final Path target;
    private final Path path;
    private final FileChannel lock;
    private final Thread atExit;
    private boolean abandoned;

    private StagingDirectory(Path target, Path path, FileChannel lock) {
        this.target = target;
        this.path = path;
        this.lock = lock;
        this.atExit = new Thread(this::abandon, "export-cleanup");
    }

    static StagingDirectory beside(Path target) throws IOException {
        Path absolute = target.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        if (parent == null || absolute.getFileName() == null) {
            throw new IOException("the root of a file system cannot be a model directory");
        }
        if (Files.exists(absolute) && !Files.isDirectory(absolute)) {
            throw new IOException("it is a file");
        }
        Files.createDirectories(parent);
        removeLeftovers(absolute);
        Path path = Files.createDirectory(sibling(absolute, "export"));
        StagingDirectory staging = new StagingDirectory(absolute, path, locked(path.resolve(LOCK)));
        try {
            Runtime.getRuntime().addShutdownHook(staging.atExit);
        } catch (IllegalStateException e) {
            staging.unlock();
            delete(staging.path);
            throw new IOException("the process is ending", e);
        }
        return staging;
    }

    private static FileChannel locked(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            channel.lock();
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    Path path() {
        return path;
    }

    /** Moves the directory to its place; what was there before goes first. */
    synchronized void moveInPlace() throws IOException {
        if (abandoned) {
            throw new IOException("the process is ending");
        }
        if (Files.exists(target)) {
            requireModelDirectory(target);
            unlock();
            Path old = sibling(target, "old");
            Files.move(target, old);
            move();
            deleteWithOthers(old);
        } else {
            unlock();
            move();
        }
    }

    /** What another process may be removing too. */
    private static void deleteWithOthers(Path directory) throws IOException {
        try {
            delete(directory);
        } catch (NoSuchFileException | DirectoryNotEmptyException e) {
            delete(directory);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            return; // the process is ending, and the hook deletes
        }
        lock.close();
        delete(path);
    }

    private void unlock() throws IOException {
        lock.close();
        Files.deleteIfExists(path.resolve(LOCK));
    }

    /** At exit, while whoever fills the directory still may: it is not moved any more, and goes as far as it is filled by now. */
    private synchronized void abandon() {
        abandoned = true;
        for (int attempt = 0; attempt < ATTEMPTS && Files.exists(path); attempt++) {
            try {
                delete(path);
            } catch (IOException e) {
                // a file that was created meanwhile
            }
        }
    }

    /** As far as it is possible: what cannot be removed is in nobody's way. */
    private static void removeLeftovers(Path target) throws IOException {
        List<Path> siblings;
        try (Stream<Path> all = Files.list(target.resolveSibling("."))) {
            siblings = all.toList();
        }
        for (Path path : siblings) {
            String name = String.valueOf(path.getFileName());
            try {
                if (name.startsWith("." + target.getFileName() + ".old-")) {
                    delete(path);
                } else if (name.startsWith("." + target.getFileName() + ".export-")) {
                    removeIfOwnerIsDead(path);
                }
            } catch (IOException e) {
                // somebody else's, or removed meanwhile
            }
        }
    }

    private static void removeIfOwnerIsDead(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.WRITE)) {
            if (channel.tryLock() != null) {
                delete(path);
            }
        } catch (OverlappingFileLockException e) {
            // it is this process's
        } catch (NoSuchFileException e) {
            if (Files.getLastModifiedTime(path)
                    .toInstant()
                    .isBefore(Instant.now().minus(UNLOCKED_AGE))) {
                delete(path);
            }
        }
    }

    /** Not a temporary directory of Java's, which only its owner may read. */
    private static Path sibling(Path target, String purpose) {
        return target.resolveSibling("." + target.getFileName() + "." + purpose + "-" + UUID.randomUUID());
    }

    private void move() throws IOException {
        try {
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(path, target);
        }
    }

    /** Replacing is for model directories: a mistyped path must not cost anybody their files. */
    private static void requireModelDirectory(Path directory) throws IOException {
        if (!Files.exists(directory.resolve("model.onnx"))) {
            try (Stream<Path> entries = Files.list(directory)) {
                if (entries.findAny().isPresent()) {
                    throw new IOException("it holds other files; give an empty or a new directory");
                }
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(directory)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }
}
