package io.causalstreams.export;

import io.causalstreams.export.internal.checkpoint.Checkpoint;
import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.gguf.GgufCheckpoint;
import io.causalstreams.export.internal.checkpoint.safetensors.SafetensorsCheckpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Opens a checkpoint in whichever format it has. */
public final class CheckpointFormats {
    private CheckpointFormats() {}

    /**
     * Opens a {@code .gguf} file, a directory with {@code config.json} and safetensors files, or one with a single
     * {@code .gguf} file and no {@code config.json}. Headers are read and checked; weights are read on demand.
     *
     * @throws CheckpointException if the source is missing, incomplete or damaged
     */
    public static Checkpoint open(Path source) {
        if (Files.isDirectory(source)) {
            Optional<Path> gguf = GgufCheckpoint.onlyFileOf(source);
            return gguf.isPresent() ? GgufCheckpoint.open(gguf.get()) : SafetensorsCheckpoint.open(source);
        }
        if (!Files.exists(source)) {
            throw new CheckpointException(
                    source + ": no such file or directory; give a .gguf file or a checkpoint directory");
        }
        return GgufCheckpoint.open(source);
    }
}
