package io.causalstreams.app;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.models.ModelSource;
import io.causalstreams.app.internal.models.ModelStore;
import io.causalstreams.app.internal.terminal.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Checkpoint in, model directory out. */
@Command(
        name = "export",
        description = "Writes a checkpoint as an ONNX model directory.",
        mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Option(
            names = "--output",
            paramLabel = "DIR",
            required = true,
            description = "A new or empty directory, or an earlier export.")
    @SuppressWarnings("NullAway.Init") // required
    private Path output;

    @Override
    public Integer call() throws IOException {
        Progress progress = Progress.ofStderr();
        ModelSource source = model.source();
        requireReplaceable(output);
        ModelStore.ofUser(progress).export(source, output, model.precision());
        System.err.println(
                model.name() + " is in " + output + " (" + model.precision().id() + "); use it with --model " + output);
        return 0;
    }

    /** Never replace what is not an export. */
    private static void requireReplaceable(Path directory) throws IOException {
        if (!Files.exists(directory) || Files.exists(directory.resolve("export.json"))) {
            return;
        }
        if (!Files.isDirectory(directory)) {
            throw new AppException("--output " + directory + " is a file; name a directory");
        }
        try (Stream<Path> files = Files.list(directory)) {
            if (files.findAny().isPresent()) {
                throw new AppException("--output " + directory + " holds other files; name a new or empty directory");
            }
        }
    }
}
