package io.causalstreams.export.internal.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An opened checkpoint: configuration, weights and tokenizer, in Hugging Face's names and layout whatever the file
 * format.
 *
 * <p>Owns open files until {@link #close}. Not thread-safe.
 */
public interface Checkpoint extends AutoCloseable {

    /**
     * Opens a {@code .gguf} file, a directory with {@code config.json} and safetensors files, or one
     * with a single {@code .gguf} file and no {@code config.json}. Headers are read and checked; weights are read
     * on demand.
     *
     * @throws CheckpointException if the source is missing, incomplete or damaged
     */
    static Checkpoint open(Path source) {
        if (Files.isDirectory(source)) {
            Optional<Path> gguf = GgufCheckpoint.onlyFileOf(source);
            if (gguf.isPresent()) {
                return GgufCheckpoint.open(gguf.get());
            }
            return SafetensorsCheckpoint.open(source);
        }
        if (Files.exists(source)) {
            return GgufCheckpoint.open(source);
        } else {
            throw new CheckpointException(
                    source + ": no such file or directory; give a .gguf file or a checkpoint directory");
        }
    }

    /** The model's {@code config.json}; for GGUF the same keys rebuilt from its metadata. */
    JsonNode config();

    WeightSource weights();

    /**
     * Writes {@code tokenizer.json}, {@code tokenizer_config.json} and, where the checkpoint has defaults,
     * {@code generation_config.json} into an existing directory.
     *
     * @throws CheckpointException if the checkpoint holds no tokenizer that can be written, or the directory cannot be
     *     written
     */
    void writeTokenizer(Path directory);

    /** A name for events and metadata: lower case with dashes, for example {@code smollm2-135m-instruct}. */
    String name();

    @Override
    void close();
}
