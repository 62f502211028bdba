package io.causalstreams.app.internal.models;

import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.export.ExportOptions;
import io.causalstreams.export.Precision;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Makes model directories out of checkpoints. */
interface CheckpointExporter {

    /** Writes {@code target} whole or not at all; {@code name} null = the checkpoint's own. */
    default void export(Path checkpoint, Path target, @Nullable String name, Precision precision, Progress progress) {
        export(checkpoint, target, ExportOptions.of(precision).withName(name), progress);
    }

    /** As above; what {@code options} hear goes to {@code progress}. */
    void export(Path checkpoint, Path target, ExportOptions options, Progress progress);

    /** Changes whenever the same checkpoint could give another directory. */
    String version();
}
