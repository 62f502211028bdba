package io.causalstreams.export.internal.checkpoint.gguf.mapping;

import io.causalstreams.export.internal.checkpoint.CheckpointException;
import io.causalstreams.export.internal.checkpoint.StoredTensor;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufFile;
import io.causalstreams.export.internal.checkpoint.gguf.file.GgufMetadata;
import java.util.Arrays;
import java.util.Optional;

/**
 * A GGUF header seen from one model: keys without their architecture prefix.
 *
 * @param file the header
 * @param architecture {@code general.architecture}, the prefix of the model's keys
 */
record GgufKeys(GgufFile file, String architecture) {

    static GgufKeys of(GgufFile file) {
        GgufMetadata metadata = file.metadata();
        String architecture = metadata.require("general.architecture", metadata.string("general.architecture"));
        return new GgufKeys(file, architecture);
    }

    /** A size that must be there and be positive. */
    int size(String key) {
        int size = metadata().require(full(key), integer(key));
        if (size == 0) {
            throw new CheckpointException(
                    metadata().file() + ": metadata " + full(key) + " is 0; the GGUF file is damaged");
        }
        return size;
    }

    boolean has(String key) {
        return metadata().has(full(key));
    }

    Optional<Integer> integer(String key) {
        return metadata().integer(full(key));
    }

    Optional<Double> number(String key) {
        return metadata().number(full(key));
    }

    double requiredNumber(String key) {
        return metadata().require(full(key), number(key));
    }

    Optional<Boolean> flag(String key) {
        return metadata().flag(full(key));
    }

    Optional<String> string(String key) {
        return metadata().string(full(key));
    }

    boolean hasTensor(String name) {
        return file.tensors().containsKey(name);
    }

    StoredTensor tensor(String name) {
        StoredTensor tensor = file.tensors().get(name);
        if (tensor == null) {
            throw new CheckpointException(metadata().file() + ": has no tensor " + name
                    + "; the file is incomplete, convert the model again");
        }
        return tensor;
    }

    /**
     * Number of layers.
     *
     * @throws CheckpointException if the file cannot hold so many: every layer has tensors of its own
     */
    int layers() {
        int layers = size("block_count");
        int tensors = file.tensors().size();
        if (layers > tensors) {
            throw new CheckpointException("%s: metadata %s is %d, and the file has %d tensors; the GGUF file is damaged"
                    .formatted(metadata().file(), full("block_count"), layers, tensors));
        }
        return layers;
    }

    int heads() {
        return size("attention.head_count");
    }

    /** Elements of one head: stated, or the hidden size's share. */
    int headDim() {
        return integer("attention.key_length").orElseGet(() -> size("embedding_length") / heads());
    }

    /**
     * Whether the first layer's parts have biases.
     *
     * @throws CheckpointException if only some have: {@code config.json} can say all or none
     */
    boolean biased(String... parts) {
        long biased = Arrays.stream(parts)
                .filter(part -> hasTensor("blk.0." + part + ".bias"))
                .count();
        if (biased != 0 && biased != parts.length) {
            throw unsupported("has biases in only some of " + String.join(", ", parts));
        }
        return biased > 0;
    }

    CheckpointException unsupported(String what) {
        return new CheckpointException(metadata().file() + ": " + what + ", which architecture " + architecture
                + " does not allow here; give the model as safetensors");
    }

    GgufMetadata metadata() {
        return file.metadata();
    }

    private String full(String key) {
        return architecture + '.' + key;
    }
}
