package io.causalstreams.export.internal.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Path;

/**
 * An opened checkpoint: configuration, weights and tokenizer, in Hugging Face's names and layout whatever the file
 * format.
 *
 * <p>Owns open files until {@link #close}. Not thread-safe.
 */
public interface Checkpoint extends AutoCloseable {

    /** The model's {@code config.json}; for GGUF the same keys rebuilt from its metadata. */
    JsonNode config();

    WeightSource weights();

    /**
     * A small JSON file beside the configuration, by its path in the checkpoint's directory; missing where there is none, as in
     * a format that is one file.
     */
    default JsonNode file(String path) {
        return MissingNode.getInstance();
    }

    /**
     * The weights of a module that is kept in a folder of its own inside the checkpoint's directory, as sentence-transformers
     * does.
     *
     * @throws CheckpointException if there are none, as in a format that is one file
     */
    default WeightSource weightsIn(String folder) {
        throw new CheckpointException(name() + ": has no folder " + folder + " with weights");
    }

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
