package io.causalstreams.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An export whose process is killed, for real, between two weights. */
class KilledExportTest {
    private static final Path CHECKPOINT = TinyModels.DIRECTORY.resolve("llama-tied");
    private static final String WRITING = "writing";

    @TempDir
    private Path directory;

    /** Exports {@code arguments[0]} to {@code arguments[1]}, and stops with the first weight written. */
    static final class HaltedExport {
        public static void main(String[] arguments) {
            ExportListener halt = (written, total) -> {
                System.out.println(WRITING);
                LockSupport.park();
            };
            OnnxExporter.export(
                    Path.of(arguments[0]),
                    Path.of(arguments[1]),
                    ExportOptions.of(Precision.INT4).withListener(halt));
        }
    }

    @Test
    void shouldBeClearedAwayByTheNextExportToTheSamePlace() throws Exception {
        // Given
        Path model = directory.resolve("model");
        Process killed = start(model);
        killed.destroyForcibly().waitFor();
        assertThat(killed.exitValue()).isEqualTo(128 + 9);
        assertThat(model).doesNotExist();
        assertThat(entries()).singleElement().asString().startsWith(".model.export-");

        // When
        OnnxExporter.export(CHECKPOINT, model, ExportOptions.of(Precision.INT4));

        // Then
        assertThat(entries()).containsExactly("model");
        assertThat(model.resolve("export.json")).content().doesNotContain(".lock");
        assertThat(model).isDirectoryNotContaining("glob:**lock");
    }

    @Test
    void shouldBeLeftAloneWhileItLives() throws Exception {
        // Given
        Path model = directory.resolve("model");
        Process other = start(model);
        try {
            // When
            OnnxExporter.export(CHECKPOINT, model, ExportOptions.of(Precision.INT4));

            // Then
            assertThat(entries()).hasSize(2).contains("model");
        } finally {
            other.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    /** An export that has begun to write. */
    private static Process start(Path model) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        HaltedExport.class.getName(),
                        CHECKPOINT.toString(),
                        model.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        assertThat(out.readLine()).isEqualTo(WRITING);
        return process;
    }

    private List<String> entries() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(path -> String.valueOf(path.getFileName())).toList();
        }
    }
}
