package io.causalstreams.app;

import io.causalstreams.app.internal.AppException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Texts on the command line, or the lines of a file. */
final class TextLines {
    private static final String STANDARD_STREAM = "-";

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Parameters(paramLabel = "TEXT", description = "The texts.")
    private List<String> texts = new ArrayList<>();

    @Option(names = "--input", paramLabel = "FILE", description = "A text in each line instead; '-' = stdin.")
    private @Nullable String input;

    /** At least one. */
    List<String> read() throws IOException {
        if (texts.isEmpty() == (input == null)) {
            throw new ParameterException(spec.commandLine(), "give either texts or --input FILE");
        }
        if (input == null) {
            return texts;
        }
        if (!input.equals(STANDARD_STREAM) && !Files.isReadable(Path.of(input))) {
            throw new AppException("--input " + input + ": there is no such file, or it cannot be read");
        }
        List<String> lines = input.equals(STANDARD_STREAM)
                ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList()
                : Files.readAllLines(Path.of(input));
        if (lines.isEmpty()) {
            throw new AppException("--input " + input + ": holds no line");
        }
        return lines;
    }
}
