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
 * directory that looks whole. Closed without a move, it disappears.
 */
final class StagingDirectory implements AutoCloseable {
    private final Path target;
    private final Path path;

    private StagingDirectory(Path target, Path path) {
        this.target = target;
        this.path = path;
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
        return new StagingDirectory(absolute, Files.createDirectory(sibling(absolute, "export")));
    }

    Path path() {
        return path;
    }

    /** Moves the directory to its place; what was there before goes first. */
    void moveInPlace() throws IOException {
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
        delete(path);
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
