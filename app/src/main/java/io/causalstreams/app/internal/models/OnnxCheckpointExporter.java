package io.causalstreams.app.internal.models;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.export.ExportOptions;
import io.causalstreams.export.OnnxExporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The exporter of {@code onnx-export}. */
final class OnnxCheckpointExporter implements CheckpointExporter {

    @Override
    public void export(Path checkpoint, Path target, ExportOptions options, Progress progress) {
        String name = options.name() == null ? String.valueOf(checkpoint.getFileName()) : options.name();
        String label = "Exporting " + name + " to " + options.precision().id();
        try (Progress.Task task = progress.start(label, 0)) {
            OnnxExporter.export(checkpoint, target, options.withListener(task::update));
        }
    }

    /** Digest of the exporter's own code: no one can forget to raise it. */
    @Override
    public String version() {
        try {
            Path code = Path.of(OnnxExporter.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return (Files.isDirectory(code) ? digestOfClasses(code) : Sha256.of(code)).substring(0, 12);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new AppException("cannot find the exporter's own code: " + e.getMessage(), e);
        }
    }

    private static String digestOfClasses(Path directory) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> classes = files.filter(Files::isRegularFile).sorted().toList();
            for (Path file : classes) {
                all.append(Sha256.of(file)).append('\n');
            }
        }
        return Sha256.of(all.toString());
    }
}
