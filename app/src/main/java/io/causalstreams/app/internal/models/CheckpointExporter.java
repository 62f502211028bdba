package io.causalstreams.app.internal.models;

import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.export.ExportOptions;
import java.nio.file.Path;

/** Makes model directories out of checkpoints. */
interface CheckpointExporter {

    /** Writes {@code target} whole or not at all; what {@code options} hear goes to {@code progress}. */
    void export(Path checkpoint, Path target, ExportOptions options, Progress progress);

    /** Changes whenever the same checkpoint could give another directory. */
    String version();
}
