package io.causalstreams.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** Files of tests, under target. */
final class TestFiles {
    private static final Path TARGET = Path.of("target/files");

    private TestFiles() {}

    /** A new empty directory. */
    static Path fresh(String prefix) {
        try {
            Files.createDirectories(TARGET);
            return Files.createTempDirectory(TARGET, prefix).toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A properties file for {@code --config}. */
    static Path properties(Map<String, String> settings) {
        return write(
                fresh("config-").resolve("app.properties"),
                settings.entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue() + "\n")
                        .collect(Collectors.joining()));
    }

    static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
