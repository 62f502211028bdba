package io.causalstreams.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A directory that is filled beside its final place and moved there when it is complete, so that a crash never leaves half a
 * directory that looks whole. Closed without a move, or when the JVM exits before, it disappears.
 */
final class StagingDirectory implements AutoCloseable {
    private static final int ATTEMPTS = 10;

    private final Path target;
    private final Path path;
    private final Thread atExit;
    private boolean abandoned;

    private StagingDirectory(Path target, Path path) {
        this.target = target;
        this.path = path;
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
        StagingDirectory staging = new StagingDirectory(absolute, Files.createDirectory(sibling(absolute, "export")));
        try {
            Runtime.getRuntime().addShutdownHook(staging.atExit);
        } catch (IllegalStateException e) {
            delete(staging.path);
            throw new IOException("the process is ending", e);
        }
        return staging;
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
            Path old = sibling(target, "old");
            Files.move(target, old);
            move();
            delete(old);
        } else {
            move();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            return; // the process is ending, and the hook deletes
        }
        delete(path);
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
