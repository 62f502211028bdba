package io.causalstreams.app;

import io.causalstreams.export.Precision;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --precision} of a command that exports where it has to. */
final class PrecisionOption {
    @Option(
            names = "--precision",
            paramLabel = "PRECISION",
            completionCandidates = ModelOptions.Precisions.class,
            converter = ModelOptions.Precisions.Converter.class,
            description = "${COMPLETION-CANDIDATES}; default fp32.")
    private @Nullable Precision precision;

    /** Null where nothing is said: an exported directory's own, else the default. */
    @Nullable
    Precision orNull() {
        return precision;
    }

    Precision orDefault() {
        return precision == null ? ModelOptions.DEFAULT_PRECISION : precision;
    }
}
