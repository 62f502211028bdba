package io.causalstreams.app.internal.models;

import io.causalstreams.export.OnnxExporter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Digest of a checkpoint's content: the same wherever it lies. Reading gigabytes at every start would be slow, so the
 * digest of a file is remembered with its size and modification time.
 */
final class SourceDigest {
    /** A folder of sentence-transformers, such as {@code 1_Pooling}. */
    private static final Pattern MODULE = Pattern.compile("\\d+_\\w+");

    private final CacheDirectory cache;

    SourceDigest(CacheDirectory cache) {
        this.cache = cache;
    }

    /**
     * Digest of a file, or of the names and contents of several: all parts of a GGUF model, whichever of them is named, or the
     * files of a directory and of its modules' folders.
     */
    String of(Path source) throws IOException {
        List<Path> files = filesOf(source);
        if (files.equals(List.of(source))) {
            return ofFile(source);
        }
        StringBuilder all = new StringBuilder();
        for (Path file : files) {
            all.append(nameIn(source, file)).append(' ').append(ofFile(file)).append('\n');
        }
        return Sha256.of(all.toString());
    }

    private static List<Path> filesOf(Path source) throws IOException {
        if (Files.isRegularFile(source)) {
            return OnnxExporter.filesOf(source);
        }
        try (Stream<Path> inside = Files.walk(source, 2)) {
            return inside.filter(Files::isRegularFile)
                    .filter(file -> isRead(source.relativize(file)))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isRead(Path inside) {
        return inside.getNameCount() == 1
                || MODULE.matcher(inside.getName(0).toString()).matches();
    }

    /** Within a directory the path; parts of a model that is one file's are named alike whichever of them is the source. */
    private static String nameIn(Path source, Path file) {
        return (Files.isDirectory(source) ? source.relativize(file) : file.getFileName()).toString();
    }

    private String ofFile(Path file) throws IOException {
        Path real = file.toRealPath();
        BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
        String state = attributes.size() + " " + attributes.lastModifiedTime().toInstant();
        Path memo = cache.digests().resolve(Sha256.of(real.toString()));
        if (Files.exists(memo)) {
            List<String> lines = Files.readAllLines(memo);
            if (lines.size() == 2 && lines.get(0).equals(state)) {
                return lines.get(1);
            }
        }
        String digest = Sha256.of(real);
        remember(memo, state + "\n" + digest + "\n");
        return digest;
    }

    private void remember(Path memo, String text) throws IOException {
        Files.createDirectories(memo.getParent());
        Path temporary = Files.createTempFile(memo.getParent(), "new-", "");
        Files.write(temporary, text.getBytes(StandardCharsets.UTF_8));
        Files.move(temporary, memo, StandardCopyOption.ATOMIC_MOVE);
    }
}
